import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo, opsetOf } from "@dropoutkit/onnx/graph";
import { type FlatGroup, nextOf, slotOf } from "../state/FlatGroup.js";
import { addUpdateCheck } from "./addCheck.js";
import { clipGradients } from "./clipGradients.js";
import { holdNorms } from "./holdNorms.js";
import type { TrainingPlan } from "./TrainingPlan.js";

/** Name of the input that carries a number of a group's optimizer. */
export const scalarOf = (group: FlatGroup, scalar: string): string => `${group.name}/${scalar}`;

/**
 * Adds to a model, in place, the update of each group's tensor by its gradient: outputs `<name>.next`, and
 * `UPDATE_CHECK`, which tells whether these are finite.
 */
export function addUpdate(
  model: OnnxModel,
  gradients: readonly string[],
  { groups, clip = {}, maxNorm }: TrainingPlan,
): void {
  const { graph } = model;
  const builder = new GraphBuilder("optimizer", graph);
  const context = { builder, opset: opsetOf(model) };
  const written: string[] = [];
  const write = (group: FlatGroup, name: string, tensor: string): void => {
    const next = nextOf(name);
    written.push(next);
    nameOutput(builder, tensor, next);
    graph.output.push(makeValueInfo(next, { type: "float32", dims: [group.size] }));
  };
  clipGradients(context, gradients, clip).forEach((gradient, at) => {
    const group = groups[at];
    const { name: parameter, optimizer, size } = group;
    const scalars: Record<string, string> = {};
    for (const scalar of Object.keys(optimizer.scalars(0))) {
      scalars[scalar] = scalarOf(group, scalar);
      graph.input.push(makeValueInfo(scalars[scalar], { type: "float32", dims: [] }));
    }
    const slots: Record<string, string> = {};
    for (const slot of optimizer.slots) {
      slots[slot] = slotOf(group, slot);
      graph.input.push(makeValueInfo(slots[slot], { type: "float32", dims: [size] }));
    }
    const moved = optimizer.update({ ...context, parameter, gradient, slots, scalars });
    const tensor = moved.parameter;
    write(group, parameter, maxNorm ? holdNorms(context, { tensor, group }, maxNorm) : tensor);
    for (const slot of optimizer.slots) write(group, slots[slot], moved.slots[slot]);
  });
  addUpdateCheck(model, builder, written);
  builder.addTo(model);
}

/** Gives a tensor the name of an output. An Identity would be a copy wherever the tensor is read, too. */
function nameOutput(builder: GraphBuilder, tensor: string, next: string): void {
  const maker = builder.nodes.find(({ output }) => output[0] === tensor);
  if (maker === undefined) {
    builder.op("Identity", [tensor], { name: next, outputs: [next] });
    return;
  }
  maker.output = [next];
  for (const node of builder.nodes) {
    node.input = node.input.map((name) => (name === tensor ? next : name));
  }
}
