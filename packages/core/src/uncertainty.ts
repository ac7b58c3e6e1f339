/**
 * How sure is it? Statistics over passes of Monte Carlo dropout or of an ensemble, and what follows from them:
 * calibration, conformal sets and intervals, and when not to answer. Pure functions over arrays.
 * @packageDocumentation
 */
export { areaUnderRoc } from "./uncertainty/areaUnderRoc.js";
export type { Classified } from "./uncertainty/Classified.js";
export type { ClassUncertainty } from "./uncertainty/ClassVotes.js";
export {
  type CalibrationBin,
  type CalibrationOptions,
  calibrationBins,
  expectedCalibrationError,
} from "./uncertainty/calibration.js";
export {
  type ConformalIntervalsOptions,
  type ConformalSetsOptions,
  conformalIntervals,
  conformalSets,
  fitConformalIntervals,
  fitConformalSets,
  type Intervals,
  type Predictions,
} from "./uncertainty/conformal.js";
export {
  type OutputKind,
  PassStatistics,
  type PassStatisticsOptions,
  type Uncertainty,
} from "./uncertainty/PassStatistics.js";
export { brierScore, negativeLogLikelihood } from "./uncertainty/properScores.js";
export {
  type AccuracyThreshold,
  type Answers,
  type RiskCoverage,
  riskCoverage,
  thresholdForAccuracy,
} from "./uncertainty/riskCoverage.js";
export {
  fitTemperature,
  type SoftmaxOptions,
  softmax,
  type TemperatureOptions,
} from "./uncertainty/temperature.js";
