import { checkCount } from "../checks/checkOption.js";
import { checkLength } from "../field/shape.js";
import { checkProbabilities } from "./classRows.js";

/** Probabilities that a classifier gave, and the classes that the examples have. */
export interface Classified {
  /** `[examples, classes]`, row-major; each row sums to 1. */
  readonly probabilities: ArrayLike<number>;
  /** `[examples]`, integers in [0, classes). */
  readonly labels: ArrayLike<number>;
  /** Number of classes, an integer >= 1. */
  readonly classes: number;
}

/** @throws {RangeError} If there is no example, or lengths, labels or probabilities are wrong. */
export function checkClassified(owner: string, classified: Classified): void {
  const { probabilities, labels, classes } = classified;
  checkLabels(owner, labels, classes);
  const entries = labels.length * classes;
  checkLength(owner, { name: "probabilities", length: probabilities.length, entries });
  checkProbabilities(owner, probabilities, classes);
}

/** @throws {RangeError} If there is no label, or one is no integer in [0, classes). */
export function checkLabels(owner: string, labels: ArrayLike<number>, classes: number): void {
  checkCount(owner, "classes", classes);
  if (labels.length === 0) throw new RangeError(`${owner}: labels must be at least one, got none`);
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes)) {
      throw new RangeError(
        `${owner}: labels must be integers in [0, ${classes}), got ${labels[i]} in example ${i}`,
      );
    }
  }
}
