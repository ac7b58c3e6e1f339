import { checkName, checkWord, type NoiseKey } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";

/** Where a layer's noise comes from. */
export interface NoiseArgs {
  /** Integer in [0, 2^32). Default 0, also for the `null` of a Keras config. */
  readonly seed?: number | null;
  /** Name of the noise: layers with different sites draw independently. Default: the layer's name. */
  readonly site?: string | null;
  /** Training calls already made, an integer in [0, 2^32). Default 0. */
  readonly step?: number | null;
}

/** What a caller of `call` or `apply` may say. */
export type NoiseCallArgs = {
  /**
   * Draws noise if true; computes the variant's inference if false, the default. Said where a functional
   * model is built, it holds for each later call, as in Keras: `true` there is Monte Carlo dropout.
   */
  readonly training?: boolean;
  /** Draws at this step, an integer in [0, 2^32), and leaves the layer's count as it is. */
  readonly step?: number;
};

/** Key of a layer's noise, and whom errors name. */
export interface LayerKey extends NoiseKey {
  readonly owner: string;
}

/** Key under which a config names the noise that it is of; no file keeps it. */
const ORIGIN: unique symbol = Symbol("origin");

/** A layer's noise, and the layer's name, when its config was asked for. */
interface Origin {
  readonly source: NoiseSource;
  readonly name: string;
}

/** Seed, site and step of one layer: what its noise is a function of, and what its config keeps of it. */
export class NoiseSource {
  /** Whom errors name: the function that made the layer, and the layer's name. */
  readonly owner: string;
  #seed = 0;
  #step = 0;
  readonly #site: string | undefined;
  readonly #origin: Origin | undefined;
  /** What was said of training where the layer became part of a graph; undefined where nothing was. */
  #fixed: { readonly training: boolean | undefined } | undefined;

  /**
   * @throws {TypeError} If `site` is no string.
   * @throws {RangeError} If `seed` or `step` is no integer in [0, 2^32), or `site` has half a surrogate pair.
   */
  constructor(owner: string, args: NoiseArgs) {
    const { seed, site, step } = args;
    this.owner = owner;
    this.#origin = Reflect.get(args, ORIGIN);
    this.seed = seed ?? 0;
    this.step = step ?? 0;
    this.#site = site ?? undefined;
    if (this.#site !== undefined && typeof this.#site !== "string") {
      throw new TypeError(`${owner}: site must be a string, got ${String(site)}`);
    }
    checkName(owner, "site", this.#site ?? "");
  }

  get seed(): number {
    return this.#seed;
  }

  set seed(seed: number) {
    this.#seed = checkWord(this.owner, "seed", seed);
  }

  /** Training calls made so far: the step that the next one draws at. */
  get step(): number {
    return this.#step;
  }

  set step(step: number) {
    this.#step = checkWord(this.owner, "step", step);
  }

  /**
   * The site that was given, or the layer's name, which tfjs may change after construction. A layer that
   * goes backwards adds `/backward` to one that it was given: Bidirectional gives one config to both
   * directions, and each a name of its own.
   */
  siteOf(layer: tf.layers.Layer): string {
    if (this.#site === undefined) return layer.name;
    return Reflect.get(layer, "goBackwards") === true ? `${this.#site}/backward` : this.#site;
  }

  /**
   * Key of one call's noise. A training call without a step of its own is counted by `advance`.
   * @throws {RangeError} If `step` is no integer in [0, 2^32).
   */
  key(layer: tf.layers.Layer, { step = this.step }: NoiseCallArgs): LayerKey {
    const { owner, seed } = this;
    checkWord(owner, "step", step);
    return { owner, seed, site: checkName(owner, "name", this.siteOf(layer)), step };
  }

  /**
   * Takes what is said of training where a layer becomes part of a graph, which tfjs keeps, and drops when
   * the graph runs (tensorflow/tfjs#7250).
   * @throws {TypeError} If the places of a shared layer say different things.
   */
  place(inputs: object | readonly object[], { training }: NoiseCallArgs = {}): void {
    if ([inputs].flat().some((input) => input instanceof tf.Tensor)) return;
    if (this.#fixed && this.#fixed.training !== training) {
      throw new TypeError(
        `${this.owner}: training must be the same at all places of the layer, got ${this.#fixed.training} and ${training}`,
      );
    }
    this.#fixed = { training };
  }

  /** Whether a call draws noise for training: what its graph says of it, else what the caller says. */
  trains({ training = false }: NoiseCallArgs): boolean {
    return this.#fixed?.training ?? training;
  }

  /** Counts a call, if it trained at the layer's own step. */
  advance(layer: tf.layers.Layer, call: NoiseCallArgs): void {
    if (!this.trains(call) || call.step !== undefined) return;
    this.step += 1;
    // Bidirectional calls two copies, but saves the layer that it was given: the step must be there too.
    const origin = this.#origin;
    if (origin && layer.name === `forward_${origin.name}`) origin.source.step = this.step;
  }

  /** The entries of a layer's config; `noiseConfig` reads them back. */
  config(layer: tf.layers.Layer): tf.serialization.ConfigDict {
    // tfjs turns every string of a config to snake_case and back, but one: that at a key `name`.
    const site = this.#site === undefined ? null : { name: this.#site };
    const config = { seed: this.seed, site, step: this.step };
    if (!("goBackwards" in layer)) return config;
    const origin: Origin = { source: this, name: layer.name };
    return Object.assign(config, { [ORIGIN]: origin });
  }
}

/** Turns a config's `site` into the option of the constructor. */
export function noiseConfig(config: tf.serialization.ConfigDict): tf.serialization.ConfigDict {
  const { site } = config;
  if (typeof site !== "object" || site === null || Array.isArray(site)) return config;
  return { ...config, site: site["name"] ?? null };
}
