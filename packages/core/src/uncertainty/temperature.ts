import { checkCount, checkPositive } from "../checks/checkOption.js";
import { checkLength } from "../field/shape.js";
import { checkLabels } from "./Classified.js";
import { checkLogits, softmaxRows } from "./classRows.js";

export interface SoftmaxOptions {
  /** `[examples, classes]`, row-major. */
  readonly logits: ArrayLike<number>;
  /** Number of classes, an integer >= 1. */
  readonly classes: number;
  /** What the logits are divided by, a number > 0. Default 1. */
  readonly temperature?: number;
}

/**
 * Probabilities of logits, `[examples, classes]`.
 * @throws {TypeError} If an option is no number.
 * @throws {RangeError} If an option is out of its range, or an example has no finite greatest logit.
 */
export function softmax({ logits, classes, temperature = 1 }: SoftmaxOptions): Float32Array {
  checkCount("softmax", "classes", classes);
  checkPositive("softmax", "temperature", temperature);
  const entries = Math.ceil(logits.length / classes) * classes;
  checkLength("softmax", { name: "logits", length: logits.length, entries });
  checkLogits("softmax", logits, classes);
  const result = new Float32Array(logits.length);
  softmaxRows(logits, result, { classes, temperature });
  return result;
}

export interface TemperatureOptions extends Omit<SoftmaxOptions, "temperature"> {
  /** `[examples]`, integers in [0, classes). */
  readonly labels: ArrayLike<number>;
}

/** Temperatures that a fit may come to. Where all examples are right, the likelihood grows without end towards 0. */
const COLDEST = 2 ** -7;
const HOTTEST = 2 ** 7;

/**
 * The temperature in [1/128, 128] at which the held-out examples are likeliest: above 1, the classifier was too sure.
 * It changes no answer, only how sure each is.
 * @throws {TypeError} If `classes` is no number.
 * @throws {RangeError} If there is no example, or lengths, labels or logits are wrong.
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2 (arXiv:1706.04599).
 */
export function fitTemperature({ logits, labels, classes }: TemperatureOptions): number {
  checkLabels("fitTemperature", labels, classes);
  const entries = labels.length * classes;
  checkLength("fitTemperature", { name: "logits", length: logits.length, entries });
  checkLogits("fitTemperature", logits, classes);
  const probabilities = new Float64Array(entries);
  // The loss is convex in 1 / temperature, so its slope has one sign on each side of the best.
  const slope = (inverse: number): number => {
    softmaxRows(logits, probabilities, { classes, temperature: 1 / inverse });
    let sum = 0;
    for (let i = 0; i < entries; i++) {
      const truth = labels[Math.floor(i / classes)] === i % classes ? 1 : 0;
      // A class that cannot be has no part in the sum, if it is not the true one.
      if (probabilities[i] !== truth) sum += (probabilities[i] - truth) * logits[i];
    }
    return sum;
  };
  let low = 1 / HOTTEST;
  let high = 1 / COLDEST;
  // Each halving of the range of logarithms, of length log 2^14, takes a bit: after 60 none of a float64's is left.
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return 1 / Math.sqrt(low * high);
}
