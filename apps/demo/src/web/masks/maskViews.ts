import {
  drawField,
  evaluatePart,
  type NoiseKey,
  partSite,
  reads,
  sizeOf,
  type Tensor,
} from "@dropoutkit/core/adapter";
import type { MaskView } from "./MaskView.js";
import type { PlannedField } from "./PlannedField.js";
import { tilesOf } from "./tilesOf.js";

export interface MaskViewsOptions {
  readonly seed: number;
  /** Counts from 0. */
  readonly step: number;
  /** Whose masks are shown, of a batch: counts from 0. */
  readonly example: number;
  /** Drop probabilities that were learned so far, by sites. Default: those that learning starts from. */
  readonly learnedRates?: ReadonlyMap<string, number>;
}

/**
 * What a network drops at a step, drawn by core from what every framework draws it from.
 * @param fields Over a batch with the example in it: a field of fewer examples is the beginning of one of more.
 */
export function maskViews(
  fields: readonly PlannedField[],
  { seed, step, example, learnedRates }: MaskViewsOptions,
): MaskView[] {
  return fields.map((field) => {
    const { part, site, timesteps = 1 } = field;
    const learnedRate = learnedRates?.get(site) ?? field.learnedRate;
    const key = { seed: field.seed ?? seed, site, step };
    const draws = Array.from({ length: part.field.perTimestep ? timesteps : 1 }, (_, timestep) =>
      drawFactors({ ...field, learnedRate }, { ...key, timestep }),
    );
    const own = part.at === "kernel" ? draws : draws.map((drawn) => exampleOf(drawn, example));
    return {
      site: partSite(site, part),
      holds: reads(part.train, "previous"),
      dropped: part.field.draw === "bernoulli" ? droppedOf(own) : undefined,
      learnedRate,
      tiles: tilesOf(field, own),
    };
  });
}

/** A field as factors of the values that it acts on, but for what keeps the mean of those that are kept. */
function drawFactors(
  {
    part,
    target,
    learnedRate,
  }: Pick<PlannedField, "part" | "target"> & Pick<MaskView, "learnedRate">,
  key: NoiseKey & { readonly timestep: number },
): Tensor {
  if (part.field.draw === "bernoulli") {
    const { shape, data } = drawField(part.field, {
      ...key,
      site: partSite(key.site, part),
      target,
    });
    return { shape, data: Float32Array.from(data) };
  }
  const x = { shape: target, data: new Float32Array(sizeOf(target)).fill(1) };
  const leaves =
    learnedRate === undefined
      ? { x }
      : { x, "learned:logit": Math.log(learnedRate / (1 - learnedRate)) };
  return evaluatePart(part, { ...key, leaves, training: true }).value;
}

/** A field that the batch shares is every example's. */
function exampleOf({ shape: [batch, ...shape], data }: Tensor, example: number): Tensor {
  const size = sizeOf(shape);
  const start = batch === 1 ? 0 : example * size;
  return { shape, data: data.subarray(start, start + size) };
}

function droppedOf(draws: readonly Tensor[]): MaskView["dropped"] {
  let [count, of] = [0, 0];
  for (const { data } of draws) {
    for (const factor of data) if (factor === 0) count += 1;
    of += data.length;
  }
  return { count, of };
}
