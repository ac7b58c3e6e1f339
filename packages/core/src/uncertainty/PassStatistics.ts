import { checkChoice } from "../checks/checkOption.js";
import { sizeOf } from "../field/fieldShape.js";
import { checkLength } from "../field/shape.js";
import { checkRate } from "../seam/rate.js";
import type { Shape } from "../seam/seam.js";
import { type ClassUncertainty, ClassVotes } from "./ClassVotes.js";
import { Moments } from "./Moments.js";
import { quantileOf } from "./quantileOf.js";

/** What an output is. */
export type OutputKind = "regression" | "logits" | "probabilities";

export interface PassStatisticsOptions {
  /** Whom errors name. Default: "PassStatistics". */
  readonly owner?: string;
  /** Shape of one pass's output, `[examples, ...]`; of a classifier `[examples, ..., classes]`. */
  readonly shape: Shape;
  /** Logits and probabilities are of classes along the last axis; of size 1 it is the second of two classes. */
  readonly kind: OutputKind;
  /** Levels in [0, 1] of the quantiles that are asked for; they take memory for all passes. */
  readonly quantiles?: readonly number[];
  /** Keeps all passes, as the model gave them. Default false. */
  readonly samples?: boolean;
}

/** What passes say together. Of a classifier's output the statistics are of its probabilities. */
export interface Uncertainty {
  readonly passes: number;
  /** Shape of mean, variance, standard deviation and each quantile. */
  readonly shape: Shape;
  readonly mean: Float32Array;
  /** Unbiased: the squared distances from the mean over passes - 1. */
  readonly variance: Float32Array;
  readonly standardDeviation: Float32Array;
  /** One array for each level asked for, between two passes by linear interpolation. */
  readonly quantiles?: readonly Float32Array[];
  /** `[passes, ...shape]`, as the model gave them. */
  readonly samples?: Float32Array;
  /** Of a classifier. */
  readonly classes?: ClassUncertainty;
}

/**
 * Statistics over the passes of a model whose outputs differ from pass to pass, as with Monte Carlo dropout or in an
 * ensemble. Passes are added one by one and, without quantiles and samples, none is kept.
 * @see Gal and Ghahramani 2016, "Dropout as a Bayesian Approximation", sections 3 and 4 (arXiv:1506.02142).
 */
export class PassStatistics {
  readonly #owner: string;
  readonly #options: PassStatisticsOptions;
  readonly #moments: Moments;
  readonly #votes: ClassVotes | undefined;
  /** Passes as the model gave them, and as the statistics take them. */
  readonly #samples: Float32Array[] = [];
  readonly #values: Float32Array[] = [];

  /**
   * @throws {TypeError} If `kind` is another word, or a level no number.
   * @throws {RangeError} If a level is outside [0, 1], or a classifier's output has no axis of classes.
   */
  constructor(options: PassStatisticsOptions) {
    const { owner = "PassStatistics", shape, kind, quantiles = [] } = options;
    const choices = ["regression", "logits", "probabilities"] as const;
    checkChoice(owner, { name: "kind", value: kind, choices });
    for (const level of quantiles) checkRate(owner, level, "quantiles");
    this.#owner = owner;
    this.#options = options;
    this.#moments = new Moments(sizeOf(shape));
    const width = shape.at(-1);
    if (kind === "regression") return;
    if (shape.length < 2 || !width) {
      throw new RangeError(
        `${owner}: ${kind} must be [examples, ..., classes], got [${shape.join(", ")}]`,
      );
    }
    this.#votes = new ClassVotes(owner, { kind, examples: sizeOf(shape) / width, width });
  }

  /** Passes added so far. */
  get passes(): number {
    return this.#moments.passes;
  }

  /**
   * @param output One pass's output, row-major. It is read at once, and not kept.
   * @throws {RangeError} If it has another length, an entry that is not finite, or probabilities that are none.
   */
  add(output: ArrayLike<number>): void {
    const entries = sizeOf(this.#options.shape);
    checkLength(this.#owner, { name: "output", length: output.length, entries });
    if (!this.#votes) this.#checkFinite(output);
    const values = this.#votes?.add(output) ?? output;
    this.#moments.add(values);
    if (this.#options.samples) this.#samples.push(Float32Array.from(output));
    if (this.#options.quantiles?.length) this.#values.push(Float32Array.from(values));
  }

  /** @throws {RangeError} If there are fewer than two passes, of which there is no variance. */
  result(): Uncertainty {
    const { passes, mean } = this.#moments;
    const { shape, quantiles = [] } = this.#options;
    if (passes < 2) {
      throw new RangeError(
        `${this.#owner}: passes must be at least 2 for a variance, got ${passes}`,
      );
    }
    const variance = this.#moments.variance();
    return {
      passes,
      shape: [...shape],
      mean: Float32Array.from(mean),
      variance: Float32Array.from(variance),
      standardDeviation: Float32Array.from(variance, Math.sqrt),
      ...(quantiles.length > 0 && { quantiles: this.#quantilesAt(quantiles) }),
      ...(this.#options.samples && { samples: joined(this.#samples) }),
      ...(this.#votes && { classes: this.#votes.result() }),
    };
  }

  #checkFinite(output: ArrayLike<number>): void {
    for (let i = 0; i < output.length; i++) {
      if (!Number.isFinite(output[i])) {
        throw new RangeError(
          `${this.#owner}: outputs must be finite, got ${output[i]} in pass ${this.passes}`,
        );
      }
    }
  }

  #quantilesAt(levels: readonly number[]): Float32Array[] {
    const results = levels.map(() => new Float32Array(sizeOf(this.#options.shape)));
    const column = new Float32Array(this.passes);
    for (let i = 0; i < sizeOf(this.#options.shape); i++) {
      for (let pass = 0; pass < column.length; pass++) column[pass] = this.#values[pass][i];
      column.sort();
      for (const [k, level] of levels.entries()) results[k][i] = quantileOf(column, level);
    }
    return results;
  }
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(arrays.length * (arrays[0]?.length ?? 0));
  for (const [i, array] of arrays.entries()) result.set(array, i * array.length);
  return result;
}
