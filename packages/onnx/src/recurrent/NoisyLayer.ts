import type { Variant } from "@dropoutkit/core";
import { type Axes, type Part, partSite } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { nodeLabel } from "../labels/nodeLabel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { DataType } from "../model/schema.js";
import type { Dim, TensorInfo } from "../model/valueInfo.js";
import { type EmittedSite, emitSite } from "../noise/emitSite.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import type { NoiseSource } from "../sites/site.js";
import type { Direction, RecurrentLayer } from "./RecurrentLayer.js";

/** A recurrent layer, and what its places get. */
export interface NoisyLayer {
  readonly owner: string;
  readonly model: OnnxModel;
  readonly layer: RecurrentLayer;
  readonly variant: Variant;
  /** The site of what goes forward; what goes backward has `/backward` behind it. */
  readonly site: string;
  readonly noise: NoiseSource;
  /** Sizes of the input. */
  readonly sizes: Readonly<Record<"time" | "batch" | "features", Dim>>;
  /** What noise at the output is put on: the sequence, or where nothing reads that its end. */
  readonly output: "y" | "h";
  /** True where the node is written anew, with each direction on its own; false where noise stands around it. */
  readonly isRewritten: boolean;
}

/** A part of the variant in one direction; its field is laid out as ONNX has the target. */
export interface LayerPart {
  readonly direction: Direction;
  readonly site: string;
  readonly part: Part;
}

/** A layer's parts, those of each direction at their own site. */
export function layerParts(noisy: NoisyLayer): LayerPart[] {
  const { layer, variant, site } = noisy;
  return layer.directions.flatMap((direction) =>
    variant.parts.map((part) => ({
      direction,
      site: direction.backward ? `${site}/backward` : site,
      part: laidOut(part, timeAxes(noisy, part)),
    })),
  );
}

/**
 * Core's target is `[batch, time, ...]`. A field that shares time has the same entries wherever that axis
 * stands, and with an axis of one direction beside it.
 */
function laidOut(part: Part, time: Axes | undefined): Part {
  const { shared: _shared, minRank: _minRank, ...field } = part.field;
  return { ...part, field: time ? { ...field, shared: [time] } : field };
}

function timeAxes({ layer, output, isRewritten }: NoisyLayer, { at }: Part): Axes | undefined {
  const first = layer.batchFirst ? 1 : 0;
  if (at === "input") return [first, first];
  if (at !== "output") return undefined;
  // Written anew, a direction gives `[time, batch, hidden]` and `[batch, hidden]`.
  if (isRewritten) return output === "y" ? [0, 0] : undefined;
  return output === "y" ? [first, first + 1] : [first, first];
}

/** Writes a part at a tensor of the main graph. */
export function emitPart(
  { owner, model, layer, noise }: NoisyLayer,
  builder: GraphBuilder,
  { site, part, x, dims }: LayerPart & { readonly x: string; readonly dims: readonly Dim[] },
): EmittedSite {
  const info = layerInfo(layer, dims);
  const names = builder.within(partSite(site, part));
  return emitSite(model, names, { owner, part, site, noise, x, info });
}

/** Sizes of the layer's input, as ONNX has it. */
export const inputDims = ({ layer, sizes }: NoisyLayer): Dim[] =>
  layer.batchFirst
    ? [sizes.batch, sizes.time, sizes.features]
    : [sizes.time, sizes.batch, sizes.features];

/** What is known of a layer's tensor. */
export const layerInfo = ({ type }: RecurrentLayer, dims: readonly Dim[]): TensorInfo => ({
  dataType: type === "float64" ? DataType.DOUBLE : DataType.FLOAT,
  dims,
});

/**
 * The sizes of a layer's input.
 * @throws {Error} If they are not known.
 */
export function sizesOf(
  owner: string,
  { node, inputs, batchFirst }: RecurrentLayer,
  infos: TensorInfos,
): NoisyLayer["sizes"] {
  const dims = infos.get(inputs.x)?.dims;
  if (dims?.length !== 3) {
    throw new Error(
      `${owner}: tensor ${inputs.x} of ${nodeLabel(node)} must have a known shape of three axes, got ${dims ? `[${dims.join(", ")}]` : "none"}`,
    );
  }
  const [first, second, features] = dims;
  return batchFirst
    ? { batch: first, time: second, features }
    : { time: first, batch: second, features };
}
