import { checkOptions, ownedBy } from "@dropoutkit/core/adapter";
import { nodeLabel } from "../labels/nodeLabel.js";
import { nodeName } from "../labels/nodeName.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import type { NodeProto } from "../model/schema.js";
import { checkNoiseOpset } from "../noise/checkNoiseOpset.js";
import type { NoiseSource } from "../sites/site.js";
import { chosenNodes, type WhichNodes } from "../weights/chosenNodes.js";
import { dropLayer } from "../weights/dropLayer.js";
import { graphFacts } from "../weights/graphFacts.js";
import type { WeightedLayer } from "../weights/Weight.js";
import { weightedLayer } from "../weights/weightedLayer.js";

export interface InsertDropConnectOptions {
  /** Drop probability of each weight, in [0, 1]. */
  readonly rate: number;
  /** Nodes whose weights are dropped. */
  readonly nodes: WhichNodes;
  /**
   * Whether each example has a mask of its own, as in the paper (default for products and
   * convolutions), or the batch has one (for recurrent operators and Gather, and nothing else).
   */
  readonly per?: "example" | "batch";
  /** A site's name, for the node and its weight; default: the node's name, else its output's. */
  readonly site?: (place: { readonly tensor: string; readonly node: NodeProto }) => string;
  /** Where masks come from, as in `insertDropout`: `"feeds"` (default) or `"graph"`. */
  readonly noise?: NoiseSource;
}

/**
 * A model whose chosen nodes read their weights through masks: survivors are scaled by 1 / keep, and a
 * weight's other readers keep it as it is. Of MatMul, Gemm, Conv and ConvTranspose the kernel and the bias
 * (that of a MatMul is the constant that an Add behind it, and nothing else, reads), of LSTM, GRU and RNN
 * the recurrent weights, one mask a sequence, of Gather the rows of its table.
 * Standard operators only; call it on a model for training, `stripDropout` takes it out again.
 * @throws {Error} If nothing is chosen, a node has no constant float weight, a shape is not known, a
 * site's name is taken, or the model's opset is too old for the noise.
 * @throws {TypeError} If an option is of the wrong kind, or `per` is "example" where there is one mask a batch.
 * @throws {RangeError} If `rate` is outside [0, 1].
 * @see Wan et al. 2013, "Regularization of Neural Networks using DropConnect", ICML, section 3; Merity,
 * Keskar and Socher 2018, "Regularizing and Optimizing LSTM Language Models", section 2
 * (arXiv:1708.02182); Gal and Ghahramani 2016, section 4.2 (arXiv:1512.05287).
 */
export function insertDropConnect(model: ModelLike, options: InsertDropConnectOptions): OnnxModel {
  const noisy = copyModel(modelOf("insertDropConnect", model));
  const { noise = "feeds" } = checkOptions("insertDropConnect", options);
  checkNoiseOpset("insertDropConnect", noisy, noise);
  const facts = graphFacts("insertDropConnect", noisy);
  for (const node of chosenNodes(facts, options.nodes)) {
    const layer = weightedLayer(facts, node);
    const per = perOf(layer, options.per);
    const variant = ownedBy("insertDropConnect", () =>
      layer.operator.variant({ rate: options.rate, per }),
    );
    const site = options.site?.({ tensor: layer.kernel.tensor, node }) ?? nodeName(node);
    dropLayer(noisy, facts, { layer, variant, site, noise });
  }
  return noisy;
}

/** Whose the masks of a layer are. */
function perOf(
  { node, operator }: WeightedLayer,
  per: InsertDropConnectOptions["per"],
): "example" | "batch" {
  if (per !== undefined && per !== "example" && per !== "batch") {
    throw new TypeError(`insertDropConnect: per must be "example" or "batch", got ${String(per)}`);
  }
  if (operator.perExample) return per ?? "example";
  if (per !== "example") return per ?? "batch";
  throw new TypeError(
    `insertDropConnect: per must be "batch" for ${nodeLabel(node)}, got "example"`,
  );
}
