import { checkOptions } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { type Dim, GraphBuilder, makeTensor, opsetOf } from "@dropoutkit/onnx/graph";
import { tooOld } from "../backward/tooOld.js";
import { addTarget } from "./addTarget.js";
import { checkLabels } from "./checkLabels.js";
import type { Loss } from "./Loss.js";
import { predictionInfo } from "./predictionInfo.js";
import { smoothLabels } from "./smoothLabels.js";

export interface CrossEntropyOptions {
  /** Name of the tensor with the scores before softmax, `[batch, classes, ...space]`. */
  readonly logits: string;
  /** Name of the input that is added for the labels, int64 `[batch, ...space]` in [0, classes). Default: "labels". */
  readonly labels?: string;
  /** A weight >= 0 for each class; the mean is over the weights. Default: all count the same. */
  readonly classWeights?: readonly number[];
  /** The label of examples that do not count; it need not be a class. Default: all count. */
  readonly ignoreIndex?: number;
  /** Share of the target that is spread evenly over all classes, in [0, 1). Default: 0. */
  readonly labelSmoothing?: number;
}

/**
 * The mean over a batch of -log softmax(logits)[label], computed from logits so that no probability
 * underflows. Needs opset 12 or later.
 * @throws {RangeError} If an option is out of range.
 * @see Goodfellow, Bengio and Courville 2016, "Deep Learning", section 6.2.2; Szegedy et al. 2016,
 * "Rethinking the Inception Architecture for Computer Vision", section 7 (arXiv:1512.00567), for
 * label smoothing, which takes class weights as PyTorch does.
 */
export function crossEntropy(options: CrossEntropyOptions): Loss {
  const {
    logits,
    labels = "labels",
    classWeights,
    ignoreIndex,
    labelSmoothing = 0,
  } = checkOptions("crossEntropy", options);
  const owner = "crossEntropy";
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`${owner}: labelSmoothing must be in [0, 1), got ${labelSmoothing}`);
  }
  return {
    settings: { name: owner, logits, labels, classWeights, ignoreIndex, labelSmoothing },
    addTo(model) {
      const [batch, classes, ...space] = logitsDims(model, logits);
      if (!(opsetOf(model) >= 12)) {
        throw tooOld(`${owner}: model must have opset 12 or later, got ${opsetOf(model)}`);
      }
      const dims = [batch, ...space];
      addTarget(model, { owner, option: "labels", name: labels, type: "int64", dims });
      const { graph } = model;
      const builder = new GraphBuilder("", graph);
      const weights = classWeights && weightsTensor(builder, classWeights, classes);
      const inputs = weights === undefined ? [logits, labels] : [logits, labels, weights];
      const name = builder.uniqueName("loss");
      const attributes = {
        reduction: "mean",
        ...(ignoreIndex === undefined ? {} : { ignore_index: ignoreIndex }),
      };
      const isSmooth = labelSmoothing > 0;
      const outputs = isSmooth ? [name, builder.uniqueName("logProbabilities")] : [name];
      const options = { name, attributes, outputs };
      const [loss, logProbabilities] = builder.ops("SoftmaxCrossEntropyLoss", inputs, options);
      const tensors = { logProbabilities, labels, weights, loss };
      const tensor = isSmooth
        ? smoothLabels(
            { builder, opset: opsetOf(model) },
            { ...tensors, ignoreIndex, labelSmoothing, dims },
          )
        : loss;
      builder.addTo(model);
      return {
        tensor,
        checkFeeds: (caller, feeds) =>
          checkLabels(caller, { labels, classes, ignoreIndex, data: feeds[labels].data }),
      };
    },
  };
}

function logitsDims(model: OnnxModel, logits: string): readonly Dim[] {
  const owner = "crossEntropy";
  const { dims } = predictionInfo(model, { owner, option: "logits", tensor: logits });
  if (dims.length < 2) {
    throw new Error(
      `${owner}: logits must be [batch, classes, ...space], got ${logits} of [${dims.join(", ")}]`,
    );
  }
  return dims;
}

function weightsTensor(builder: GraphBuilder, weights: readonly number[], classes: Dim): string {
  const isWrong = weights.some((weight) => !(weight >= 0 && weight < Infinity));
  if (isWrong || weights.length !== classes) {
    throw new RangeError(
      `crossEntropy: classWeights must be ${classes} finite numbers >= 0, got [${weights.join(", ")}]`,
    );
  }
  const name = builder.uniqueName("classWeights");
  const data = Float32Array.from(weights);
  return builder.constant(makeTensor({ name, type: "float32", dims: [weights.length], data }));
}
