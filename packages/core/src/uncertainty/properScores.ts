import { type Classified, checkClassified } from "./Classified.js";

/**
 * The mean of -log p of the true class, in nats; Infinity where a true class has probability 0.
 * @throws {RangeError} If there is no example, or lengths, labels or probabilities are wrong.
 */
export function negativeLogLikelihood(classified: Classified): number {
  checkClassified("negativeLogLikelihood", classified);
  const { probabilities, labels, classes } = classified;
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum -= Math.log(probabilities[i * classes + labels[i]]);
  return sum / labels.length;
}

/**
 * The mean over examples of the squared distance between the probabilities and the true class, summed over classes, in
 * [0, 2].
 * @throws {RangeError} If there is no example, or lengths, labels or probabilities are wrong.
 * @see Brier 1950, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78.
 */
export function brierScore(classified: Classified): number {
  checkClassified("brierScore", classified);
  const { probabilities, labels, classes } = classified;
  let sum = 0;
  for (let i = 0; i < labels.length * classes; i++) {
    const truth = labels[Math.floor(i / classes)] === i % classes ? 1 : 0;
    sum += (probabilities[i] - truth) ** 2;
  }
  return sum / labels.length;
}
