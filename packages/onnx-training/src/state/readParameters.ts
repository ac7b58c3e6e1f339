import type { OnnxModel } from "@dropoutkit/onnx";
import {
  GraphBuilder,
  makeValueInfo,
  opsetOf,
  replaceConstants,
  slice,
} from "@dropoutkit/onnx/graph";
import type { FlatTensor } from "./FlatGroup.js";

/**
 * Makes the weights of a model parts of a few inputs, in place: a session then takes their values
 * at each run. One tensor for many weights is one copy into the runtime, and one node for each
 * operation of the optimizer, however many there are.
 */
export function readParameters(model: OnnxModel, tensors: readonly FlatTensor[]): void {
  const { graph } = model;
  const names = new Set(tensors.flatMap(({ parameters }) => parameters.map(({ name }) => name)));
  replaceConstants(model, new Map([...names].map((name) => [name, undefined])));
  graph.input = graph.input.filter(({ name }) => !names.has(name));
  const builder = new GraphBuilder("parameters", graph);
  const context = { builder, opset: opsetOf(model) };
  for (const { name, size, parameters } of tensors) {
    graph.input.push(makeValueInfo(name, { type: "float32", dims: [size] }));
    for (const { name: output, dims, offset, start } of parameters) {
      const part = slice(context, name, {
        axes: [0],
        starts: [offset],
        ends: [offset + start.length],
      });
      builder.op("Reshape", [part, builder.ints(dims)], { outputs: [output], name: output });
    }
  }
  builder.addTo(model, { at: 0 });
}
