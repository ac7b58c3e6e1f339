import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { backward } from "../backward/backward.js";
import { trainBatchNorms } from "../batchNorm/trainBatchNorms.js";
import { type FlatTensor, nextOf } from "../state/FlatGroup.js";
import { readParameters } from "../state/readParameters.js";
import { addCheck } from "./addCheck.js";
import { type TrainingPlan, valuesOf } from "./TrainingPlan.js";

/**
 * Adds the gradient with respect to each group's tensor to a model, in place, and returns the gradients' names. Running
 * statistics that move are outputs `<name>.next`, and `CHECK` tells whether all are finite.
 */
export function addBackward(model: OnnxModel, plan: TrainingPlan): readonly string[] {
  const { loss, groups, statistics, recompute } = plan;
  const moved = new Map(
    statistics === undefined ? [] : trainBatchNorms(model).map(({ name, next }) => [name, next]),
  );
  const withRespectTo = groups.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  backward(model, { owner: "Trainer", loss, withRespectTo, recompute });
  readParameters(model, valuesOf(plan));
  const builder = new GraphBuilder("flat", model.graph);
  const gradients = groups.map((group) => flatten(builder, group, (name) => `${name}.grad`));
  if (statistics !== undefined) {
    const outputs = [nextOf(statistics.name)];
    const flat = flatten(builder, statistics, (name) => moved.get(name) ?? name);
    builder.op("Identity", [flat], { name: outputs[0], outputs });
    const { size } = statistics;
    model.graph.output.push(makeValueInfo(outputs[0], { type: "float32", dims: [size] }));
  }
  addCheck(model, builder, { gradients, statistics: statistics && nextOf(statistics.name) });
  builder.addTo(model);
  return gradients;
}

/** One tensor of what belongs to each parameter. */
function flatten(
  builder: GraphBuilder,
  { parameters }: FlatTensor,
  tensorOf: (name: string) => string,
): string {
  const parts = parameters.map(({ name }) =>
    builder.op("Reshape", [tensorOf(name), builder.ints([-1])]),
  );
  return parts.length === 1 ? parts[0] : builder.op("Concat", parts, { attributes: { axis: 0 } });
}
