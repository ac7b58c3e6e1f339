import {
  type ClassKind,
  checkLogits,
  checkProbabilities,
  entropyOf,
  greatestClass,
  softmaxRows,
} from "./classRows.js";
import { Moments } from "./Moments.js";

/** How sure a classifier's passes are, each `[examples]`; entropies in nats. */
export interface ClassUncertainty {
  /** The class of the greatest mean probability. */
  readonly predicted: Int32Array;
  /** Entropy of the mean probabilities: total uncertainty. */
  readonly predictiveEntropy: Float32Array;
  /** Mean of the passes' entropies: what no more data about the weights would take away (aleatoric). */
  readonly expectedEntropy: Float32Array;
  /** The difference of the two, at least 0: what the passes disagree about (epistemic; BALD). */
  readonly mutualInformation: Float32Array;
  /** 1 - the share of the passes that choose the class most passes choose, in [0, 1). */
  readonly variationRatio: Float32Array;
  /** Share of the passes that choose `predicted`, in [0, 1]. */
  readonly agreement: Float32Array;
}

/**
 * What the passes of a classifier say, one pass at a time.
 * @see Gal 2016, "Uncertainty in Deep Learning", section 3.3; Houlsby et al. 2011, "Bayesian Active Learning for
 * Classification and Preference Learning" (arXiv:1112.5745), for the mutual information; Freeman 1965, "Elementary
 * Applied Statistics", for the variation ratio.
 */
export class ClassVotes {
  readonly #owner: string;
  readonly #kind: ClassKind;
  /** Numbers of an example: 1 is one probability, or its logit, of the second of two classes. */
  readonly #width: number;
  readonly #classes: number;
  readonly #votes: Uint32Array;
  readonly #entropies: Moments;
  readonly #probabilities: Moments;

  constructor(
    owner: string,
    { kind, examples, width }: { kind: ClassKind; examples: number; width: number },
  ) {
    this.#owner = owner;
    this.#kind = kind;
    this.#width = width;
    this.#classes = Math.max(width, 2);
    this.#votes = new Uint32Array(examples * this.#classes);
    this.#entropies = new Moments(examples);
    this.#probabilities = new Moments(examples * this.#classes);
  }

  /**
   * @param output `[examples, width]`.
   * @returns The pass's probabilities, `[examples, width]`.
   */
  add(output: ArrayLike<number>): ArrayLike<number> {
    const classes = this.#classes;
    const probabilities = this.#probabilitiesOf(output);
    const examples = this.#votes.length / classes;
    const entropies = new Float64Array(examples);
    for (let row = 0; row < examples; row++) {
      this.#votes[row * classes + greatestClass(probabilities, row, classes)] += 1;
      entropies[row] = entropyOf(probabilities, row, classes);
    }
    this.#entropies.add(entropies);
    this.#probabilities.add(probabilities);
    return this.#width === 1 ? probabilities.filter((_, i) => i % 2 === 1) : probabilities;
  }

  result(): ClassUncertainty {
    const { passes, mean: expected } = this.#entropies;
    const classes = this.#classes;
    const mean = this.#probabilities.mean;
    const rows = Array.from(expected.keys());
    const predicted = Int32Array.from(rows, (row) => greatestClass(mean, row, classes));
    const share = (row: number, c: number): number => this.#votes[row * classes + c] / passes;
    return {
      predicted,
      predictiveEntropy: Float32Array.from(rows, (row) => entropyOf(mean, row, classes)),
      expectedEntropy: Float32Array.from(expected),
      mutualInformation: Float32Array.from(rows, (row) =>
        // Entropy is concave, so only rounding takes the difference below 0.
        Math.max(0, entropyOf(mean, row, classes) - expected[row]),
      ),
      variationRatio: Float32Array.from(
        rows,
        (row) => 1 - share(row, greatestClass(this.#votes, row, classes)),
      ),
      agreement: Float32Array.from(rows, (row) => share(row, predicted[row])),
    };
  }

  #probabilitiesOf(output: ArrayLike<number>): Float64Array {
    const rows = this.#width === 1 ? this.#twoClasses(output) : Float64Array.from(output);
    if (this.#kind === "probabilities") {
      checkProbabilities(this.#owner, rows, this.#classes);
      return rows;
    }
    checkLogits(this.#owner, rows, this.#classes);
    const result = new Float64Array(rows.length);
    softmaxRows(rows, result, { classes: this.#classes });
    return result;
  }

  /** A sigmoid is the softmax of its logit beside 0. */
  #twoClasses(output: ArrayLike<number>): Float64Array {
    const result = new Float64Array(2 * output.length);
    for (let i = 0; i < output.length; i++) {
      result[2 * i] = this.#kind === "logits" ? 0 : 1 - output[i];
      result[2 * i + 1] = output[i];
    }
    return result;
  }
}
