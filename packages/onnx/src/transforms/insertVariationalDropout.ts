import { type Variant, variationalDropout } from "@dropoutkit/core";
import { ownedBy } from "@dropoutkit/core/adapter";
import { hasSite } from "../insert/hasSite.js";
import { nodeName } from "../labels/nodeName.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { countUses } from "../model/rewire.js";
import type { NodeProto } from "../model/schema.js";
import { checkNoiseOpset } from "../noise/checkNoiseOpset.js";
import { layerParts, type NoisyLayer, sizesOf } from "../recurrent/NoisyLayer.js";
import { type RecurrentLayer, recurrentLayer } from "../recurrent/RecurrentLayer.js";
import {
  type RecurrentNode,
  recurrentNodes,
  type WhichRecurrent,
} from "../recurrent/recurrentNodes.js";
import { rewriteLayer } from "../recurrent/rewriteLayer.js";
import { wrapLayer } from "../recurrent/wrapLayer.js";
import { inferShapes } from "../shapes/inferShapes.js";
import type { NoiseSource } from "../sites/site.js";

const owner = "insertVariationalDropout";

export interface InsertVariationalDropoutOptions {
  /** Drop probability in [0, 1] of what enters the layer. */
  readonly inputRate: number;
  /** Drop probability in [0, 1] of the hidden state as the cell reads it. */
  readonly stateRate: number;
  /** Drop probability in [0, 1] of what leaves the layer. */
  readonly outputRate: number;
  /** True for an input and a state mask of its own for each gate; default: tied, one mask for all. */
  readonly perGate?: boolean;
  /** Which LSTM, GRU and RNN nodes; default all. */
  readonly nodes?: WhichRecurrent;
  /** A site's name, for the node and its first output; default: the node's name, else that output's. */
  readonly site?: (place: { readonly tensor: string; readonly node: NodeProto }) => string;
  /** Where masks come from, as in `insertDropout`: `"feeds"` (default) or `"graph"`. */
  readonly noise?: NoiseSource;
}

/**
 * A model whose recurrent layers drop the same features at every timestep of a sequence: one mask for the
 * input, one for the hidden state, one for the output, and others in the direction that goes backwards, at
 * the site `<site>/backward`. The output is `Y`, or `Y_h` where nothing reads `Y`; states that leave the
 * layer beside it are free of noise. A rate of 0 puts nothing in.
 *
 * Noise at the input and the output stands around the operator. Noise on the state, and an input mask for each
 * gate, need a layer that is written anew as `recurrentToScan` does; `stripDropout` puts the operator back.
 * @throws {Error} If nothing is chosen, a shape is not known, a site's name is taken, or the model's opset is too old.
 * @throws {TypeError} If a rate is no number, or a layer computes with other numbers than float32 or float64.
 * @throws {RangeError} If a rate is outside [0, 1].
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", section 4 (arXiv:1512.05287).
 */
export function insertVariationalDropout(
  model: ModelLike,
  options: InsertVariationalDropoutOptions,
): OnnxModel {
  ownedBy(owner, () => variationalDropout(options));
  const noisy = copyModel(modelOf(owner, model));
  checkNoiseOpset(owner, noisy, options.noise ?? "feeds");
  for (const found of recurrentNodes(owner, noisy, options.nodes)) {
    putParts(noisyLayer(noisy, found, options), found);
  }
  return noisy;
}

function noisyLayer(
  model: OnnxModel,
  found: RecurrentNode,
  { perGate = false, noise = "feeds", ...options }: InsertVariationalDropoutOptions,
): NoisyLayer {
  const node = currentNode(model, found);
  const infos = inferShapes(model);
  const layer = recurrentLayer(owner, { node, infos, opset: opsetOf(model) });
  const { inputRate, stateRate, outputRate } = options;
  const rates = { inputRate, stateRate, outputRate };
  const { name, parts } = variationalDropout({ ...rates, ...(perGate && { gates: layer.gates }) });
  const variant = { name, parts: parts.filter(({ field }) => field.rate !== 0) };
  const tensor = node.output.find((output) => output !== "") ?? "";
  return {
    ...{ owner, model, layer, variant, noise },
    site: options.site?.({ tensor, node }) ?? nodeName(node),
    sizes: sizesOf(owner, layer, infos),
    output: outputOf(model, layer, variant),
    isRewritten:
      layer.directions.length > 1 ||
      variant.parts.some(({ at, gate }) => at === "state" || gate !== undefined),
  };
}

/** The node as it is now: noise on an earlier layer may have changed what it reads. */
function currentNode({ graph }: OnnxModel, { node, isReplaced }: RecurrentNode): NodeProto {
  const isSame = (name: string): boolean => name !== "" && node.output.includes(name);
  const now = graph.node.find(({ output }) => output.some(isSame));
  return isReplaced || now === undefined ? node : now;
}

/** What noise at the output is put on. */
function outputOf(
  model: OnnxModel,
  { node, outputs: { y, h } }: RecurrentLayer,
  { parts }: Variant,
): NoisyLayer["output"] {
  const uses = countUses(model.graph);
  if (y !== "" && uses.has(y)) return "y";
  if ((h !== "" && uses.has(h)) || parts.every(({ at }) => at !== "output")) return "h";
  throw new Error(
    `${owner}: node ${nodeName(node)} must have an output Y or Y_h that is read for noise at the output, got none`,
  );
}

/** Puts in the parts that are not there yet. */
function putParts(noisy: NoisyLayer, { isReplaced }: RecurrentNode): void {
  const { model, layer, noise, output, isRewritten, site } = noisy;
  const missing = layerParts(noisy).filter(({ site, part }) => {
    const isOutput = part.at === "output" && !isRewritten;
    const tensor = isOutput ? layer.outputs[output] : layer.inputs.x;
    return !hasSite(model, { owner, site, part, noise, tensor });
  });
  if (missing.length === 0) return;
  if (isReplaced) {
    throw new Error(
      `${owner}: node ${nodeName(layer.node)} must have no other noise, got one that sites stand for, and ${site} anew`,
    );
  }
  if (isRewritten) rewriteLayer(noisy, missing);
  else wrapLayer(noisy, missing);
}
