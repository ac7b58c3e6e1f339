import type { Variant } from "@dropoutkit/core";
import { ownedBy, withChannels } from "@dropoutkit/core/adapter";
import type * as tf from "@tensorflow/tfjs";
import type { NoiseSource } from "./NoiseSource.js";

/** Options of a layer beside its noise's source: what its variant is made of. */
export interface LayerOptions {
  /** Numbers that may be set while the layer trains. */
  readonly rates: Readonly<Record<string, number>>;
  /** What stays as it was given. */
  readonly fixed?: tf.serialization.ConfigDict;
  /** @throws If a rate is no number in its range. */
  variantOf(rates: Readonly<Record<string, number>>): Variant;
}

/** Who defines them, and what else of it is read only. */
interface DefineOptions extends LayerOptions {
  readonly source: NoiseSource;
  readonly others?: Readonly<Record<string, unknown>>;
}

/**
 * Makes options the properties of a layer: rates, `seed` and `step` to set, checked as in the constructor,
 * and what stays, `site` and `variant` to read.
 * @returns The entries of the layer's config.
 */
export function defineOptions(
  layer: tf.layers.Layer,
  { source, rates, fixed = {}, others = {}, variantOf }: DefineOptions,
): () => tf.serialization.ConfigDict {
  // Channels are last where nobody says otherwise, as in tfjs's own layers.
  const variantAt = (values: typeof rates): Variant =>
    ownedBy(source.owner, () => withChannels(variantOf(values), "last"));
  let now = { ...rates };
  let variant = variantAt(now);
  const define = (name: string, get: () => unknown, set?: (value: number) => void): void => {
    const refuse = (value: unknown): never => {
      throw new TypeError(
        `${source.owner}: ${name} must stay as it was made, got ${String(value)}`,
      );
    };
    Object.defineProperty(layer, name, {
      configurable: true,
      enumerable: true,
      get,
      set: set ?? refuse,
    });
  };
  for (const name of Object.keys(rates)) {
    define(
      name,
      () => now[name],
      (value) => {
        const next = { ...now, [name]: value };
        variant = variantAt(next);
        now = next;
      },
    );
  }
  const copies = Object.entries(fixed).map(([name, value]) => [name, copyOf(value)] as const);
  for (const [name, value] of [...copies, ...Object.entries(others)]) {
    define(name, () => (Array.isArray(value) ? copyOf(value) : value));
  }
  define("variant", () => variant);
  define("rates", () => ({ ...now }));
  define("site", () => source.siteOf(layer));
  for (const name of ["seed", "step"] as const) {
    define(
      name,
      () => source[name],
      (value) => {
        source[name] = value;
      },
    );
  }
  return () => {
    const kept = copies.map(([name, value]) => [name, copyOf(value)]);
    return { ...now, ...Object.fromEntries(kept), ...source.config(layer) };
  };
}

/** A list's own copy: no one else writes to it. */
function copyOf<T>(value: T | T[]): T | T[] {
  return Array.isArray(value) ? [...value] : value;
}
