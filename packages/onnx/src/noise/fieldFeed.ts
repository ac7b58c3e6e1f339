import {
  drawPlan,
  type FieldPlan,
  growMask,
  partSite,
  planField,
  sizeOf,
} from "@dropoutkit/core/adapter";
import { type SizeOptions, sizeIn } from "../shapes/sizeIn.js";
import type { Site } from "../sites/site.js";
import { fieldOverItself } from "./fieldDims.js";

/** What a tensor of onnxruntime is made of: `new ort.Tensor(type, data, dims)`. */
export type NoiseFeed =
  | { readonly type: "bool"; readonly data: Uint8Array; readonly dims: readonly number[] }
  | { readonly type: "float32"; readonly data: Float32Array; readonly dims: readonly number[] }
  | { readonly type: "uint32"; readonly data: Uint32Array; readonly dims: readonly number[] };

/** A fed site's input, filled anew by each call of `draw`. */
export interface FieldFeed {
  readonly feed: NoiseFeed;
  draw(step: number, rate: number | undefined): void;
}

/**
 * Prepares a fed site's input. What a step does not change is worked out once: between two runs of a model
 * little of this code is in the processor's caches, and then it would take as long as the drawing.
 * @throws {Error} If a size is named and not in `sizes`.
 * @throws {RangeError} If a size is below 1, the field does not fit, or the seed is out of range.
 */
export function fieldFeed(
  site: Site,
  { seed, ...given }: SizeOptions & { readonly seed: number },
): FieldFeed {
  const { part, dims, iterations } = site;
  const target = dims.map((dim) => sizeIn(dim, given));
  const own = fieldOverItself(part.field, target.length);
  const key = { seed, site: partSite(site.site, part), step: 0, target };
  const planAt = (rate: number | undefined, timestep = 0): FieldPlan =>
    planField({ ...own, ...(rate !== undefined && { rate }) }, { ...key, timestep });
  const rows = iterations === undefined ? 1 : sizeIn(iterations, given);
  const feed = emptyFeed(part.field.draw, iterations === undefined ? target : [rows, ...target]);
  const starts = Array.from({ length: rows }, (_, row) => planAt(own.rate, row).firstBlock);
  const outputs = starts.map((_, row) => rowOf(feed, row, sizeOf(target)));
  let planned = own.rate;
  let plan = planAt(planned);
  return {
    feed,
    draw(step, rate) {
      if (rate !== planned) plan = planAt(rate);
      planned = rate;
      const words = { ...plan.key, step };
      for (const [row, firstBlock] of starts.entries()) {
        fill(outputs[row], { ...plan, key: words, firstBlock });
      }
    },
  };
}

type Field = Exclude<NoiseFeed, { readonly type: "uint32" }>;

function emptyFeed(draw: FieldPlan["draw"], dims: readonly number[]): Field {
  return draw === "bernoulli"
    ? { type: "bool", data: new Uint8Array(sizeOf(dims)), dims }
    : { type: "float32", data: new Float32Array(sizeOf(dims)), dims };
}

const rowOf = ({ data }: Field, row: number, size: number): Field["data"] =>
  data.subarray(row * size, (row + 1) * size);

function fill(output: Field["data"], plan: FieldPlan): void {
  if (plan.grow === undefined) {
    drawPlan(plan, output);
    return;
  }
  const seeds = drawPlan(plan);
  if (seeds instanceof Uint8Array) output.set(growMask(seeds, { shape: plan.drawn, ...plan.grow }));
}
