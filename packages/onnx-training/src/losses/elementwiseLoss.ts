import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, opsetOf } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";
import { addTarget } from "./addTarget.js";
import type { AddedLoss } from "./Loss.js";
import { predictionInfo } from "./predictionInfo.js";

/** A prediction and its target, of one shape, and where nodes are written. */
export interface Compared extends Pick<EmitContext, "builder" | "opset"> {
  readonly prediction: string;
  readonly target: string;
}

export interface ElementwiseLossOptions {
  readonly owner: string;
  /** The option that names the prediction. */
  readonly option: string;
  readonly prediction: string;
  readonly target: string;
  /** Writes the loss of each entry. */
  readonly each: (compared: Compared) => string;
}

/** Adds the mean over all entries of a loss to a model, in place. */
export function elementwiseLoss(
  model: OnnxModel,
  { owner, option, prediction, target, each }: ElementwiseLossOptions,
): AddedLoss {
  const { dims } = predictionInfo(model, { owner, option, tensor: prediction });
  addTarget(model, { owner, option: "target", name: target, type: "float32", dims });
  const { graph } = model;
  const builder = new GraphBuilder("loss", graph);
  const losses = each({ builder, opset: opsetOf(model), prediction, target });
  const tensor = builder.op("ReduceMean", [losses], {
    name: builder.uniqueName("mean"),
    attributes: { keepdims: 0 },
  });
  builder.addTo(model);
  return { tensor, checkFeeds() {} };
}
