import { type Part, partSite, reads } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { TensorInfo } from "../model/valueInfo.js";
import type { Site } from "../sites/site.js";
import { type EmitFieldOptions, emitField } from "./emitField.js";
import { type EmitFormulaOptions, emitFormula } from "./emitFormula.js";

/** A part of a variant at a tensor of a model. */
export interface EmitSiteOptions {
  readonly part: Part;
  readonly site: string;
  readonly noise: Site["noise"];
  /** The tensor that noise is applied to, and its type and sizes. */
  readonly x: string;
  readonly info: TensorInfo;
  /** Who asks, for messages. Default `insertDropout`. */
  readonly owner?: string;
  /** Which formula is written. Default `"train"`. */
  readonly formula?: EmitFormulaOptions["formula"];
  /** Other tensors that the formula reads, of the type of `x`: `w`, `b`, `previous`, `learned:<name>`. A `field` that is given is not drawn. */
  readonly leaves?: EmitFormulaOptions["leaves"];
  /** The layer's own operation without its bias: adds it to the graph and returns its tensor. */
  readonly linear?: (x: string, w: string) => string;
  /** The field's target, where that is not `x`: its sizes, and the int64 tensor with them when the model runs. */
  readonly target?: Pick<TensorInfo, "dims">;
  readonly targetShape?: string;
  /** For a field per example: the batch's size, and the int64 tensor `[1]` that holds it when the model runs. */
  readonly batch?: EmitFieldOptions["target"]["batch"];
  /** In the body of a loop: the int64 scalar with the iteration, and how many iterations there are. */
  readonly iteration?: EmitFieldOptions["iteration"];
}

/** The tensor of the result, and what the site's record says of its noise. */
export interface EmittedSite
  extends Pick<Site, "field" | "dims" | "iterations" | "threshold" | "scalars"> {
  readonly value: string;
}

/**
 * Writes a part's formula as nodes, and draws the field that it reads: an input that is added to the
 * model's main graph, or nodes. The builder's nodes may go into a body, its initializers go into the main graph.
 * A formula that is `x` itself adds nothing, and its value is `x`.
 * @throws {RangeError} If the field does not fit.
 * @throws {TypeError} If `x` holds no floats, or the formula reads something that is not given.
 * @throws {Error} If blocks are drawn in the graph and the model only names the sizes that they extend along.
 */
export function emitSite(
  model: OnnxModel,
  builder: GraphBuilder,
  options: EmitSiteOptions,
): EmittedSite {
  const { part, owner = "insertDropout", formula = "train", leaves = {} } = options;
  const isDrawn = leaves.field === undefined && reads(part[formula], "field");
  const { tensor, ...drawn } = isDrawn
    ? emitField(model, builder, { owner, ...fieldOf(builder, options) })
    : { tensor: leaves.field, field: "", dims: [] };
  const { x, info, linear } = options;
  const read = tensor === undefined ? leaves : { ...leaves, field: tensor };
  const written = emitFormula(builder, { owner, part, formula, x, info, leaves: read, linear });
  return { ...drawn, ...written };
}

function fieldOf(
  builder: GraphBuilder,
  { part, site, noise, x, info, target = info, targetShape, batch, iteration }: EmitSiteOptions,
): Omit<EmitFieldOptions, "owner"> {
  // A shape that fed noise does not read is not computed.
  const shape = noise === "feeds" ? "" : (targetShape ?? builder.op("Shape", [x]));
  const place = { site: partSite(site, part), noise, ...(iteration && { iteration }) };
  const { dims } = target;
  return { ...place, field: part.field, target: { name: x, dims, shape, ...(batch && { batch }) } };
}
