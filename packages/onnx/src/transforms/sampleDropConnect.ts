import { dropConnect } from "@dropoutkit/core";
import { checkOptions, ownedBy } from "@dropoutkit/core/adapter";
import { nodeName } from "../labels/nodeName.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { checkNoiseOpset } from "../noise/checkNoiseOpset.js";
import { chosenNodes } from "../weights/chosenNodes.js";
import { graphFacts } from "../weights/graphFacts.js";
import { sampleLayer } from "../weights/sampleLayer.js";
import { weightedLayer } from "../weights/weightedLayer.js";
import type { InsertDropConnectOptions } from "./insertDropConnect.js";

export interface SampleDropConnectOptions extends Omit<InsertDropConnectOptions, "per"> {
  /** Draws of each pre-activation, an integer >= 1. */
  readonly samples: number;
}

/**
 * The model for inference after training with `insertDropConnect`, as the paper has it: the pre-activations of
 * the chosen MatMul and Gemm nodes are drawn `samples` times from the normal distribution with the mean
 * and the variance that the masks give them, and averaged after the activation. That is the run of
 * operators over single entries that follows; without one, the pre-activations are averaged.
 * @throws {Error} If nothing is chosen, a node is of another type or has no constant float weight, a
 * shape is not known, a site's name is taken, or the model's opset is too old for the noise.
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws {RangeError} If `rate` is outside [0, 1], or `samples` is no integer >= 1.
 * @see Wan et al. 2013, "Regularization of Neural Networks using DropConnect", ICML, section 3.2.
 */
export function sampleDropConnect(model: ModelLike, options: SampleDropConnectOptions): OnnxModel {
  const owner = "sampleDropConnect";
  const sampled = copyModel(modelOf(owner, model));
  const { rate, samples, nodes, site, noise = "feeds" } = checkOptions(owner, options);
  checkNoiseOpset(owner, sampled, noise);
  const { name: variant, parts } = ownedBy(owner, () => dropConnect({ rate, samples }));
  const facts = graphFacts(owner, sampled);
  for (const node of chosenNodes(facts, nodes)) {
    const layer = weightedLayer(facts, node);
    const name = site?.({ tensor: layer.kernel.tensor, node }) ?? nodeName(node);
    for (const part of parts.filter(({ at }) => at === "linear")) {
      sampleLayer(sampled, facts, { layer, part, site: name, variant, noise });
    }
  }
  return sampled;
}
