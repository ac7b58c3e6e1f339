import { type Part, partSite, siteHash } from "@dropoutkit/core";
import type * as tf from "@tensorflow/tfjs";
import { NoiseLayer } from "../layers/NoiseLayer.js";
import type { Noisy } from "../noise/Noisy.js";
import { NoisyRnn } from "../recurrent/NoisyRnn.js";
import { NoiseWrapper } from "../wrappers/NoiseWrapper.js";
import { tfjsNoise } from "./tfjsNoise.js";

type Layer = tf.layers.Layer;

/** What one part of a layer's noise is. */
export interface PartNoise {
  readonly kind: "dropoutkit" | "tfjs";
  readonly variant: string;
  readonly place: Part["at"];
  readonly field: Part["field"];
  readonly seed?: number;
  readonly site?: string;
  readonly step?: number;
  /** Equal where the same numbers are drawn; undefined where they never are the same. */
  readonly stream: string | undefined;
}

/** A layer's noise, a part each; of several parts, those that draw. */
export function noiseOf(layer: Layer): readonly PartNoise[] {
  const all = isNoisy(layer) ? ours(layer) : theirs(layer);
  return all.length === 1 ? all : all.filter(({ field }) => field.rate !== 0);
}

function isNoisy(layer: Layer): layer is Layer & Noisy {
  return [NoiseLayer, NoisyRnn, NoiseWrapper].some((kind) => layer instanceof kind);
}

function ours({ variant, seed, site, step }: Noisy): PartNoise[] {
  return variant.parts.map((part) => ({
    kind: "dropoutkit",
    variant: variant.name,
    place: part.at,
    field: part.field,
    seed,
    site,
    step,
    stream: `${seed}/${siteHash(partSite(site, part))}`,
  }));
}

function theirs(layer: Layer): PartNoise[] {
  const { parts = [], variant = "", seed } = tfjsNoise(layer) ?? {};
  return parts.map(({ at, field }) => ({
    kind: "tfjs",
    variant,
    place: at,
    field,
    ...(seed !== undefined && { seed }),
    stream: seed === undefined ? undefined : `tfjs/${seed}`,
  }));
}
