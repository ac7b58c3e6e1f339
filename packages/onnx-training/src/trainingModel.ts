import { copyModel, GraphBuilder, makeValueInfo, type OnnxModel } from "@dropoutkit/onnx";
import { backward } from "./backward.js";
import type { Optimizer } from "./optimizers/Optimizer.js";
import { type Parameter, weightsToInputs } from "./parameters.js";

/** A tensor that a step reads as an input and writes, changed, as the output `<name>.next`. */
export interface StateTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: Float32Array;
}

/** A training step as one model, and the tensors that go around from step to step. */
export interface TrainingModel {
  readonly model: OnnxModel;
  readonly state: readonly StateTensor[];
}

export interface TrainingModelOptions {
  readonly loss: string;
  readonly parameters: readonly Parameter[];
  readonly optimizer: Optimizer;
}

/** Name of the input that carries a number of the optimizer. */
export const scalarInput = (name: string): string => `optimizer.${name}`;

/** Forward, backward and update of a model that has its loss, as one graph. */
export function trainingModel(
  base: OnnxModel,
  { loss, parameters, optimizer }: TrainingModelOptions,
): TrainingModel {
  const withRespectTo = parameters.map(({ name }) => name);
  const model = copyModel(base);
  backward(model, { loss, withRespectTo });
  const { graph } = model;
  weightsToInputs(model, parameters);
  const builder = new GraphBuilder("optimizer", graph);
  const scalars: Record<string, string> = {};
  for (const name of Object.keys(optimizer.scalars(0))) {
    scalars[name] = scalarInput(name);
    graph.input.push(makeValueInfo(scalars[name], { type: "float32", dims: [] }));
  }
  const state = parameters.flatMap(({ name, dims, start }): StateTensor[] => {
    const slots = optimizer.slots.map((slot) => [slot, `${name}.${slot}`] as const);
    const updated = optimizer.update({
      builder,
      parameter: name,
      gradient: `${name}.grad`,
      slots: Object.fromEntries(slots),
      scalars,
    });
    const moved: StateTensor[] = [{ name, dims, start }];
    writeNext(builder, { tensor: updated.parameter, name });
    for (const [slot, slotName] of slots) {
      graph.input.push(makeValueInfo(slotName, { type: "float32", dims }));
      writeNext(builder, { tensor: updated.slots[slot], name: slotName });
      moved.push({ name: slotName, dims, start: new Float32Array(start.length) });
    }
    return moved;
  });
  graph.node.push(...builder.nodes);
  graph.initializer.push(...builder.initializers);
  for (const { name, dims } of state) {
    graph.output.push(makeValueInfo(nextOf(name), { type: "float32", dims }));
  }
  return { model, state };
}

/** Name of the output that replaces a state tensor. */
export const nextOf = (name: string): string => `${name}.next`;

function writeNext(
  builder: GraphBuilder,
  { tensor, name }: { readonly tensor: string; readonly name: string },
): void {
  builder.op("Identity", [tensor], { name: nextOf(name), outputs: [nextOf(name)] });
}
