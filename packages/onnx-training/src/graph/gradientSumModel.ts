import type { OnnxModel } from "@dropoutkit/onnx";
import { copyModel, GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { type FlatGroup, nextOf } from "../state/FlatGroup.js";
import { addBackward } from "./addBackward.js";
import type { TrainingPlan } from "./TrainingPlan.js";

/** Name of a group's sum of gradients. */
export const sumOf = (group: FlatGroup): string => `${group.name}.gradient`;

/** Name of the input with the factor of the gradients that are added. */
export const SHARE = "training/share";

/** Forward and backward as one graph, which adds the gradients, times a factor, to those of earlier batches. */
export function gradientSumModel(plan: TrainingPlan): OnnxModel {
  const model = copyModel(plan.model);
  const { graph } = model;
  const gradients = addBackward(model, plan);
  const builder = new GraphBuilder("sum", graph);
  graph.input.push(makeValueInfo(SHARE, { type: "float32", dims: [] }));
  plan.groups.forEach((group, at) => {
    const [sum, type] = [sumOf(group), { type: "float32", dims: [group.size] } as const];
    graph.input.push(makeValueInfo(sum, type));
    const share = builder.op("Mul", [gradients[at], SHARE]);
    builder.op("Add", [sum, share], { name: nextOf(sum), outputs: [nextOf(sum)] });
    graph.output.push(makeValueInfo(nextOf(sum), type));
  });
  builder.addTo(model);
  return model;
}
