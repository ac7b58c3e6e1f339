import { type Variant, zoneout } from "@dropoutkit/core";
import { ownedBy, partSite } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { hasSite } from "../insert/hasSite.js";
import { insertSite } from "../insert/insertSite.js";
import { nodeName } from "../labels/nodeName.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";
import { checkNoiseOpset } from "../noise/checkNoiseOpset.js";
import { layerInfo, sizesOf } from "../recurrent/NoisyLayer.js";
import {
  type Direction,
  type RecurrentLayer,
  recurrentLayer,
} from "../recurrent/RecurrentLayer.js";
import { presentNodes, recurrentNodes, type WhichRecurrent } from "../recurrent/recurrentNodes.js";
import { scanLayer } from "../recurrent/scanLayer.js";
import { inferShapes } from "../shapes/inferShapes.js";
import { type NoiseSource, sitesOf } from "../sites/site.js";

const owner = "insertZoneout";

export interface InsertZoneoutOptions {
  /** Probability in [0, 1] that a unit of the hidden state keeps its previous value. */
  readonly stateRate: number;
  /** The same of an LSTM's cell state. */
  readonly cellRate: number;
  /** Which LSTM, GRU and RNN nodes; default all. */
  readonly nodes?: WhichRecurrent;
  /** A site's name, for the node and its first output; default: the node's name, else that output's. */
  readonly site?: (place: { readonly tensor: string; readonly node: NodeProto }) => string;
  /** Where masks come from, as in `insertDropout`: `"feeds"` (default) or `"graph"`. */
  readonly noise?: NoiseSource;
}

/**
 * A model whose recurrent layers keep units of their states at the previous value, drawn anew at each
 * timestep, and in the direction that goes backwards at the site `<site>/backward`. The layers are written
 * as `recurrentToScan` does, and `stripDropout` leaves them so: at inference a state moves by the mean,
 * which no operator does. Fed noise has a row for each timestep. A rate of 0 puts nothing in.
 * @throws {Error} If nothing is chosen, a shape is not known, a site's name is taken, or the model's opset is too old.
 * @throws {TypeError} If a rate is no number, or a layer computes with other numbers than float32 or float64.
 * @throws {RangeError} If a rate is outside [0, 1].
 * @see Krueger et al. 2017, "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations",
 * section 3 (arXiv:1606.01305).
 */
export function insertZoneout(model: ModelLike, options: InsertZoneoutOptions): OnnxModel {
  const { name, parts } = ownedBy(owner, () => zoneout(options));
  const variant = { name, parts: parts.filter(({ field }) => field.rate !== 0) };
  const noisy = copyModel(modelOf(owner, model));
  const { noise = "feeds" } = options;
  checkNoiseOpset(owner, noisy, noise);
  if (variant.parts.length === 0) return noisy;
  for (const node of chosenNodes(noisy, variant, options.nodes)) {
    const layer = recurrentLayer(owner, { node, infos: inferShapes(noisy), opset: opsetOf(noisy) });
    const tensor = node.output.find((output) => output !== "") ?? "";
    const site = options.site?.({ tensor, node }) ?? nodeName(node);
    zoneOut(noisy, { layer, variant, site, noise });
  }
  return noisy;
}

/** Layers that are Scans already have no node that could be chosen again. */
function chosenNodes(
  model: OnnxModel,
  variant: Variant,
  which: WhichRecurrent | undefined,
): readonly NodeProto[] {
  const known = new Set(sitesOf(model).map(({ part }) => JSON.stringify(part)));
  if (variant.parts.some((part) => known.has(JSON.stringify(part)))) {
    return presentNodes(model.graph, which);
  }
  return recurrentNodes(owner, model, which).map(({ node, isReplaced }) => {
    if (!isReplaced) return node;
    throw new Error(
      `${owner}: node ${nodeName(node)} must have no other noise, got one that sites stand for`,
    );
  });
}

interface ZoneOutOptions {
  readonly layer: RecurrentLayer;
  readonly variant: Variant;
  readonly site: string;
  readonly noise: NoiseSource;
}

/** Writes a layer anew and puts the parts at what its cells leave, in place. */
function zoneOut(model: OnnxModel, { layer, variant, site: name, noise }: ZoneOutOptions): void {
  const { batch } = sizesOf(owner, layer, inferShapes(model));
  const info = layerInfo(layer, [batch, layer.hidden]);
  const [first] = layer.directions;
  const siteOf = ({ backward }: Direction): string => (backward ? `${name}/backward` : name);
  const scans = scanLayer(model, layer, siteOf(first));
  layer.directions.forEach((direction, i) => {
    const site = siteOf(direction);
    const { previous, next } = scans[i].body;
    for (const part of variant.parts) {
      const state = part.at === "nextState" ? 0 : 1;
      if (next[state] === undefined) continue;
      const place = { scope: [scans[i].name], tensor: next[state], info };
      const leaves = { previous: previous[state] };
      if (hasSite(model, { owner, site, part, noise, ...place })) continue;
      insertSite(model, {
        owner,
        site,
        variant: variant.name,
        part,
        noise,
        builder: new GraphBuilder(partSite(site, part), model.graph),
        leaves,
        ...place,
      });
    }
  });
}
