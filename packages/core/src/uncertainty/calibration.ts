import { checkCount } from "../checks/checkOption.js";
import { type Classified, checkClassified } from "./Classified.js";
import { greatestClass } from "./classRows.js";

export interface CalibrationOptions extends Classified {
  /** Bins of equal width over [0, 1], an integer >= 1. Default 15. */
  readonly bins?: number;
}

/** Examples whose confidence, the greatest probability, lies in one range. */
export interface CalibrationBin {
  /** The range: above `from` (from 0 on in the first bin), up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly examples: number;
  /** Mean confidence and share of right answers of its examples; 0 of no examples. */
  readonly confidence: number;
  readonly accuracy: number;
}

/**
 * How often a classifier is right where it says that it is so sure: what a reliability diagram shows.
 * @throws {TypeError} If `bins` is no number.
 * @throws {RangeError} If `bins` is no integer >= 1, there is no example, or lengths, labels or probabilities are wrong.
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2 (arXiv:1706.04599).
 */
export function calibrationBins(options: CalibrationOptions): CalibrationBin[] {
  return binsOf("calibrationBins", options);
}

/**
 * The expected calibration error: the mean distance between confidence and accuracy of the bins, weighted by their
 * examples, in [0, 1].
 * @throws As `calibrationBins` does.
 * @see Naeini, Cooper and Hauskrecht 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI; Guo
 * et al. 2017, section 2 (arXiv:1706.04599).
 */
export function expectedCalibrationError(options: CalibrationOptions): number {
  return binsOf("expectedCalibrationError", options).reduce(
    (sum, { examples, confidence, accuracy }) =>
      sum + (examples / options.labels.length) * Math.abs(confidence - accuracy),
    0,
  );
}

function binsOf(owner: string, options: CalibrationOptions): CalibrationBin[] {
  const { probabilities, labels, classes, bins = 15 } = options;
  checkCount(owner, "bins", bins);
  checkClassified(owner, options);
  const sums = Array.from({ length: bins }, () => ({ examples: 0, confidence: 0, right: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const predicted = greatestClass(probabilities, i, classes);
    const confidence = Math.min(probabilities[i * classes + predicted], 1);
    const bin = sums[Math.max(0, Math.ceil(confidence * bins) - 1)];
    bin.examples += 1;
    bin.confidence += confidence;
    bin.right += predicted === labels[i] ? 1 : 0;
  }
  return sums.map(({ examples, confidence, right }, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    examples,
    confidence: examples && confidence / examples,
    accuracy: examples && right / examples,
  }));
}
