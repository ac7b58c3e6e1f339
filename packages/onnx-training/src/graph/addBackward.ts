import { GraphBuilder, inferShapes, type OnnxModel } from "@dropoutkit/onnx";
import { backward } from "../backward.js";
import type { FlatGroup } from "../state/FlatGroup.js";
import { readParameters } from "../state/readParameters.js";

export interface AddBackwardOptions {
  readonly loss: string;
  readonly groups: readonly FlatGroup[];
}

/** Adds the gradient by each group's tensor to a model, in place, and returns the gradients' names. */
export function addBackward(
  model: OnnxModel,
  { loss, groups }: AddBackwardOptions,
): readonly string[] {
  const infos = inferShapes(model);
  readParameters(model, groups);
  const withRespectTo = groups.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  backward(model, { loss, withRespectTo, infos });
  const builder = new GraphBuilder("gradient", model.graph);
  const gradients = groups.map(({ parameters }) => {
    const parts = parameters.map(({ name }) =>
      builder.op("Reshape", [`${name}.grad`, builder.ints([-1])]),
    );
    return parts.length === 1 ? parts[0] : builder.op("Concat", parts, { attributes: { axis: 0 } });
  });
  model.graph.node.push(...builder.nodes);
  model.graph.initializer.push(...builder.initializers);
  return gradients;
}
