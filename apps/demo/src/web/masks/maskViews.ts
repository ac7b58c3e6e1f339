import { drawField, rateScalars, reads, sizeOf } from "@dropoutkit/core";
import { SIDE } from "../../data/digits.js";
import type { LayerPlan } from "../../experiment/networks/LayerPlan.js";
import { fieldsOf, type PlannedField } from "./fieldsOf.js";
import type { MaskView, Tile } from "./MaskView.js";

/** Units of a DropConnect layer whose weights are shown. */
const SHOWN_UNITS = 12;

export interface MaskViewsOptions {
  readonly seed: number;
  /** Counts from 0. */
  readonly step: number;
  /** Whose masks are shown, of a batch: counts from 0. */
  readonly example: number;
}

/** What a network drops at a step, drawn by core from what every framework draws it from. */
export function maskViews(
  plan: readonly LayerPlan[],
  { seed, step, example }: MaskViewsOptions,
): MaskView[] {
  // A field of fewer examples is the beginning of one of more.
  return fieldsOf(plan, example + 1)
    .filter(({ part }) => part.at !== "bias")
    .map((planned) => {
      const draws = Array.from({ length: planned.timesteps }, (_, timestep) =>
        drawFactors(planned, { seed, step, timestep }),
      );
      return viewOf(planned, { draws, example });
    });
}

/** A field as factors of the values that it acts on, but for what keeps the mean. */
interface Factors {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function drawFactors(
  { part: { field }, site, target }: PlannedField,
  key: { readonly seed: number; readonly step: number; readonly timestep: number },
): Factors {
  const { shape, data } = drawField(field, { ...key, site, target });
  if (field.draw === "bernoulli") return { shape, data: Float32Array.from(data) };
  const { rate, gain } = rateScalars(field.rate ?? 0);
  const deviation = Math.sqrt(rate * gain);
  return { shape, data: Float32Array.from(data, (normal) => 1 + deviation * normal) };
}

interface Drawn {
  /** One for each timestep. */
  readonly draws: readonly Factors[];
  readonly example: number;
}

function viewOf({ part, site, target }: PlannedField, { draws, example }: Drawn): MaskView {
  const [{ shape, data }] = draws;
  if (part.at === "kernel") {
    const tiles = unitsOf(data, target);
    return { site, holds: false, dropped: droppedOf(part, [data]), tiles };
  }
  const size = sizeOf(shape.slice(1));
  const own = draws.map((drawn) => drawn.data.subarray(example * size, (example + 1) * size));
  const tiles = tilesOf(own, { part, shape, target });
  const holds = reads(part.train, "previous");
  return { site, holds, dropped: droppedOf(part, own), tiles };
}

function tilesOf(
  own: readonly Float32Array[],
  { part, shape, target }: Pick<PlannedField, "part" | "target"> & Pick<Factors, "shape">,
): Tile[] {
  if (part.at !== "activation") return [sequenceOf(own)];
  const [, ...sizes] = target;
  return sizes.length === 1 ? [squareOf(own[0])] : mapsOf(own[0], { shape: shape.slice(1), sizes });
}

/** The factors of some units' incoming weights, a tile for each unit. */
function unitsOf(data: Float32Array, [inputs, units]: readonly number[]): Tile[] {
  return Array.from({ length: SHOWN_UNITS }, (_, unit) =>
    squareOf(Float32Array.from({ length: inputs }, (_, input) => data[input * units + unit])),
  );
}

function squareOf(factors: Float32Array): Tile {
  const side = Math.sqrt(factors.length);
  return { rows: side, columns: side, factors };
}

/** Time goes downwards; what is drawn once is the same in all rows. */
function sequenceOf(draws: readonly Float32Array[]): Tile {
  const columns = draws[0].length;
  const factors = new Float32Array(SIDE * columns);
  for (let time = 0; time < SIDE; time++) factors.set(draws[time % draws.length], time * columns);
  return { rows: SIDE, columns, factors };
}

/** A tile for each channel of `[height, width, channels]`; a field of one pixel serves all. */
function mapsOf(
  factors: Float32Array,
  { shape, sizes }: { readonly shape: readonly number[]; readonly sizes: readonly number[] },
): Tile[] {
  const [rows, columns, channels] = sizes;
  const isShared = shape[0] === 1;
  return Array.from({ length: channels }, (_, channel) => ({
    rows,
    columns,
    factors: Float32Array.from(
      { length: rows * columns },
      (_, pixel) => factors[(isShared ? 0 : pixel) * channels + channel],
    ),
  }));
}

function droppedOf(
  { field }: PlannedField["part"],
  drawn: readonly Float32Array[],
): MaskView["dropped"] {
  if (field.draw !== "bernoulli") return undefined;
  let [count, of] = [0, 0];
  for (const factors of drawn) {
    for (const factor of factors) if (factor === 0) count += 1;
    of += factors.length;
  }
  return { count, of };
}
