import { GraphBuilder, makeValueInfo, type OnnxModel, opsetOf } from "@dropoutkit/onnx";
import { slice } from "../gradients/emit/slice.js";
import type { FlatGroup } from "./FlatGroup.js";

/**
 * Makes the weights of a model parts of one input a group, in place: a session then takes their values
 * at each run. One tensor for all of a group is one copy into the runtime, and one node for each
 * operation of the optimizer, however many weights there are.
 */
export function readParameters(model: OnnxModel, groups: readonly FlatGroup[]): void {
  const { graph } = model;
  const names = new Set(groups.flatMap(({ parameters }) => parameters.map(({ name }) => name)));
  graph.initializer = graph.initializer.filter(({ name }) => !names.has(name));
  graph.input = graph.input.filter(({ name }) => !names.has(name));
  const builder = new GraphBuilder("parameters", graph);
  const context = { builder, opset: opsetOf(model) };
  for (const { name, size, parameters } of groups) {
    graph.input.push(makeValueInfo(name, { type: "float32", dims: [size] }));
    for (const { name: output, dims, offset, start } of parameters) {
      const part = slice(context, { tensor: name, from: offset, to: offset + start.length });
      builder.op("Reshape", [part, builder.ints(dims)], { outputs: [output], name: output });
    }
  }
  graph.node.unshift(...builder.nodes);
  graph.initializer.push(...builder.initializers);
}
