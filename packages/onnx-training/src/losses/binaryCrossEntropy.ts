import { checkOptions } from "@dropoutkit/core/adapter";
import { checkTargets } from "./checkTargets.js";
import { elementwiseLoss } from "./elementwiseLoss.js";
import type { Loss } from "./Loss.js";

export interface BinaryCrossEntropyOptions {
  /** Name of the tensor with the scores before the sigmoid. */
  readonly logits: string;
  /** Name of the input that is added for the probabilities to be reached, float32 in [0, 1], of the logits' shape. Default: "target". */
  readonly target?: string;
}

/**
 * The mean over all entries of -target · log σ(logit) - (1 - target) · log(1 - σ(logit)), computed as
 * softplus(logit) - target · logit, in which nothing underflows.
 * @see Goodfellow, Bengio and Courville 2016, "Deep Learning", section 6.2.2.
 */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions): Loss {
  const { logits, target = "target" } = checkOptions("binaryCrossEntropy", options);
  return {
    settings: { name: "binaryCrossEntropy", logits, target },
    addTo(model) {
      const { tensor } = elementwiseLoss(model, {
        owner: "binaryCrossEntropy",
        option: "logits",
        prediction: logits,
        target,
        each({ builder }) {
          const reached = builder.op("Mul", [target, logits]);
          return builder.op("Sub", [builder.op("Softplus", [logits]), reached]);
        },
      });
      return {
        tensor,
        checkFeeds: (owner, feeds) => checkTargets(owner, feeds, { name: target, most: 1 }),
      };
    },
  };
}
