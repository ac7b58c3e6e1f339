import { checkRate, dropThreshold, type Field, type FieldPlan } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { type Dim, makeValueInfo } from "../model/valueInfo.js";
import type { Site } from "../sites/site.js";
import { addKeyInput } from "./dropoutKey.js";
import { emitBernoulli } from "./emitBernoulli.js";
import { emitGrown } from "./emitGrown.js";
import { emitNormal } from "./emitNormal.js";
import { emitUniform } from "./emitUniform.js";
import { emitFieldShape, type FieldTarget, fieldDims } from "./fieldDims.js";
import { grownPlan } from "./grownPlan.js";
import { thresholdTensor } from "./rateScalar.js";

/** A field, and where it is drawn. */
export interface EmitFieldOptions {
  /** Who asks, for messages. */
  readonly owner: string;
  readonly field: Field;
  /** The part's site in the mask contract, of `partSite`. */
  readonly site: string;
  readonly noise: Site["noise"];
  readonly target: FieldTarget;
  /** In the body of a loop: the int64 scalar with the iteration, and how many iterations there are. */
  readonly iteration?: { readonly index: string; readonly count: Dim };
}

/** The tensor of a field, and what the site's record says of it. */
export interface EmittedField extends Pick<Site, "field" | "dims" | "iterations" | "threshold"> {
  /** What a formula reads: `field`, or in a loop with fed noise the iteration's row of it. */
  readonly tensor: string;
}

/**
 * Adds a field to a model: an input of its main graph that `maskFeeds` fills, or nodes that draw it from
 * `dropout.key`, which may stand in a loop's body.
 * @throws {RangeError} If the field does not fit the target.
 * @throws {TypeError} If the rate, or a batch that is needed, is missing.
 * @throws {Error} If blocks are drawn in the graph and the model only names the sizes that they extend along.
 */
export function emitField(
  model: OnnxModel,
  builder: GraphBuilder,
  options: EmitFieldOptions,
): EmittedField {
  const { owner, field, target } = options;
  if (field.draw === "bernoulli") checkRate(owner, field.rate);
  const dims = fieldDims(owner, field, target);
  const plan = field.grow && grownPlan(field, dims);
  const name = builder.uniqueName(field.draw === "bernoulli" ? "keep" : "noise");
  return options.noise === "feeds"
    ? fedField(model, builder, { ...options, dims, name })
    : drawnField(model, builder, { ...options, dims, name, plan });
}

interface NamedField extends EmitFieldOptions {
  readonly name: string;
  readonly dims: readonly Dim[];
  /** How a field that grows is drawn, where its sizes are known. */
  readonly plan?: FieldPlan | undefined;
}

function fedField(
  { graph }: OnnxModel,
  builder: GraphBuilder,
  { field, iteration, name, dims }: NamedField,
): EmittedField {
  const type = field.draw === "bernoulli" ? "bool" : "float32";
  const rows = iteration ? [iteration.count] : [];
  graph.input.push(makeValueInfo(name, { type, dims: [...rows, ...dims] }));
  if (iteration === undefined) return { tensor: name, field: name, dims };
  const tensor = builder.op("Gather", [name, iteration.index]);
  return { tensor, field: name, dims, iterations: iteration.count };
}

function drawnField(model: OnnxModel, builder: GraphBuilder, options: NamedField): EmittedField {
  const { field, site, target, iteration, name, dims } = options;
  addKeyInput(model);
  const drawn = { tensor: name, field: name, dims };
  const index = iteration && { index: iteration.index };
  if (field.grow) return { ...drawn, threshold: emitBlocks(builder, options) };
  const shape = emitFieldShape(builder, field, target);
  const draw = { site, shape, sizes: dims, output: name, ...index };
  if (field.draw === "bernoulli") {
    const threshold = emitThreshold(builder, dropThreshold(field.rate ?? 0));
    emitBernoulli(builder, { ...draw, threshold });
    return { ...drawn, threshold };
  }
  if (field.draw === "uniform") emitUniform(builder, draw);
  else emitNormal(builder, draw);
  return drawn;
}

/** Draws seeds and grows them to blocks; returns the tensor of the seeds' threshold. */
function emitBlocks(
  builder: GraphBuilder,
  { owner, field, site, target, iteration, name, dims, plan }: NamedField,
): string {
  if (plan?.grow === undefined) {
    throw new Error(
      `${owner}: tensor ${target.name} must have known sizes along blocks and behind, or fed noise, got [${dims.join(", ")}]`,
    );
  }
  const { grow, threshold: seedThreshold } = plan;
  const threshold = emitThreshold(builder, seedThreshold);
  const shape = emitFieldShape(builder, field, target);
  const margins = plan.shape.map((size, axis) => size - plan.drawn[axis]);
  const seedShape = builder.op("Sub", [shape, builder.ints(margins)]);
  const seeds = builder.uniqueName("seeds");
  const index = iteration && { index: iteration.index };
  const sizes = dims.map((dim, axis) => (typeof dim === "number" ? plan.drawn[axis] : dim));
  const draw = { site, shape: seedShape, sizes, output: seeds };
  emitBernoulli(builder, { ...draw, threshold, ...index });
  emitGrown(builder, { seeds, shape, drawn: plan.drawn, grow, output: name });
  return threshold;
}

const emitThreshold = (builder: GraphBuilder, threshold: number): string =>
  builder.constant(thresholdTensor(builder.uniqueName("threshold"), threshold));
