import {
  bindRate,
  checkRate,
  fieldShape,
  type Part,
  partSite,
  rateScalars,
  sharedAxes,
} from "@dropoutkit/core";
import type { OnnxModel } from "../codec.js";
import type { GraphBuilder } from "../GraphBuilder.js";
import type { NoiseSource } from "../site.js";
import { type TensorType, tensorTypeOf } from "../tensorType.js";
import { type Dim, makeValueInfo, type TensorInfo } from "../valueInfo.js";
import { DROPOUT_KEY, emitBernoulli } from "./emitBernoulli.js";
import { emitExpr } from "./emitExpr.js";

/** A part of a variant, with a Bernoulli field that does not grow, at a tensor of a model. */
export interface EmitSiteOptions {
  readonly part: Part;
  readonly site: string;
  readonly noise: NoiseSource;
  /** The tensor that noise is applied to, and its type and sizes. */
  readonly x: string;
  readonly info: TensorInfo;
}

/** What was written: the tensor of the result, and the field's tensor and sizes. */
export interface EmittedSite {
  readonly value: string;
  readonly field: string;
  readonly dims: readonly Dim[];
}

/**
 * Writes a part's training expression as nodes, and adds the input that its noise comes from to the
 * model.
 */
export function emitSite(
  model: OnnxModel,
  builder: GraphBuilder,
  { part, site, noise, x, info }: EmitSiteOptions,
): EmittedSite {
  const rate = checkRate("insertDropout", part.field.rate);
  const field = builder.uniqueName("keep");
  const dims = fieldDims(part, info.dims);
  if (noise === "feeds") {
    model.graph.input.push(makeValueInfo(field, { type: "bool", dims }));
  } else {
    addKeyInput(model);
    const shape = emitFieldShape(builder, { x, part, dims: info.dims });
    emitBernoulli(builder, { site: partSite(site, part), rate, shape, output: field });
  }
  const expr = bindRate(part.train, rateScalars(rate));
  const value = emitExpr(builder, expr, { type: floatType(x, info), leaves: { x, field } });
  return { value, field, dims };
}

/** Sizes of the field over a tensor; named sizes stay names. */
function fieldDims({ field }: Part, dims: readonly Dim[]): Dim[] {
  const shared = sharedAxes(field, dims.length);
  const lead = dims.length - (field.noiseShape?.length ?? 0);
  // A named size fits whatever the noise shape says of it.
  const sizes = dims.map((dim, axis) =>
    typeof dim === "number" ? dim : (field.noiseShape?.[axis - lead] ?? 1),
  );
  fieldShape(field, sizes);
  return dims.map((dim, axis) => (shared[axis] ? 1 : dim));
}

/** The tensor with the field's sizes: the shape of `x`, with 1 along shared axes. */
function emitFieldShape(
  builder: GraphBuilder,
  { x, part, dims }: { readonly x: string; readonly part: Part; readonly dims: readonly Dim[] },
): string {
  const shape = builder.op("Shape", [x]);
  const shared = sharedAxes(part.field, dims.length);
  if (!shared.includes(true)) return shape;
  const most = shared.map((one) => (one ? 1 : Number.MAX_SAFE_INTEGER));
  return builder.op("Min", [shape, builder.ints(most)]);
}

function addKeyInput({ graph }: OnnxModel): void {
  if (graph.input.some(({ name }) => name === DROPOUT_KEY)) return;
  graph.input.push(makeValueInfo(DROPOUT_KEY, { type: "uint32", dims: [2] }));
}

function floatType(x: string, { dataType }: TensorInfo): TensorType {
  const type = tensorTypeOf(dataType);
  if (type === "float32" || type === "float64") return type;
  throw new TypeError(
    `insertDropout: tensor ${x} must hold float32 or float64, got ${type ?? `data type ${dataType}`}`,
  );
}
