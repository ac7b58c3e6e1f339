import { checkOptions } from "@dropoutkit/core/adapter";
import { clip, GraphBuilder, opsetOf, reduce } from "@dropoutkit/onnx/graph";
import { addTarget } from "./addTarget.js";
import { checkTargets } from "./checkTargets.js";
import type { Loss } from "./Loss.js";
import { predictionInfo } from "./predictionInfo.js";

export interface KlDivergenceOptions {
  /** Name of the tensor with the scores before softmax, `[batch, classes]`. */
  readonly logits: string;
  /** Name of the input that is added for the distributions to be reached, float32 `[batch, classes]` in [0, 1]. Default: "target". */
  readonly target?: string;
}

/** The least normal float32: times log of it, a target of 0 gives 0. */
const LEAST = 2 ** -126;

/**
 * The mean over a batch of Σ target · (log target - log softmax(logits)), where 0 · log 0 is 0.
 * @see Kullback and Leibler 1951, "On Information and Sufficiency", Annals of Mathematical Statistics 22;
 * Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network" (arXiv:1503.02531).
 */
export function klDivergence(options: KlDivergenceOptions): Loss {
  const { logits, target = "target" } = checkOptions("klDivergence", options);
  const owner = "klDivergence";
  return {
    settings: { name: owner, logits, target },
    addTo(model) {
      const { dims } = predictionInfo(model, { owner, option: "logits", tensor: logits });
      if (dims.length !== 2) {
        throw new Error(
          `${owner}: logits must be [batch, classes], got ${logits} of [${dims.join(", ")}]`,
        );
      }
      addTarget(model, { owner, option: "target", name: target, type: "float32", dims });
      const { graph } = model;
      const builder = new GraphBuilder("loss", graph);
      const context = { builder, opset: opsetOf(model) };
      const reached = builder.op("Log", [clip(context, { tensor: target, min: LEAST })]);
      const given = builder.op("LogSoftmax", [logits], { attributes: { axis: 1 } });
      const each = builder.op("Mul", [target, builder.op("Sub", [reached, given])]);
      const examples = reduce(context, "ReduceSum", { tensor: each, axes: [1], keep: false });
      const tensor = builder.op("ReduceMean", [examples], {
        name: builder.uniqueName("mean"),
        attributes: { keepdims: 0 },
      });
      builder.addTo(model);
      return {
        tensor,
        checkFeeds: (caller, feeds) => checkTargets(caller, feeds, { name: target, most: 1 }),
      };
    },
  };
}
