import type { GraphBuilder } from "@dropoutkit/onnx";

/** One parameter's update: tensors of one shape, and scalars of this step. */
export interface Update {
  readonly builder: GraphBuilder;
  readonly parameter: string;
  readonly gradient: string;
  /** The optimizer's state of the parameter, by the names in `slots`. */
  readonly slots: Readonly<Record<string, string>>;
  /** The numbers of `scalars`, as tensors. */
  readonly scalars: Readonly<Record<string, string>>;
}

/** What becomes of the parameter and of its state. */
export interface Updated {
  readonly parameter: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** A rule that moves parameters against their gradient, written as nodes of the training graph. */
export interface Optimizer {
  /** Names of the state tensors that each parameter has; they start as zeros. */
  readonly slots: readonly string[];
  /** The numbers that the update reads at a step, computed in float64; steps count from 0. */
  scalars(step: number): Readonly<Record<string, number>>;
  /** Adds the nodes of one parameter's update. */
  update(update: Update): Updated;
}

/** A learning rate, constant or as a function of the step, which counts from 0. */
export type LearningRate = number | ((step: number) => number);

/** @throws {RangeError} If the rate is not a finite number >= 0. */
export function learningRateAt(owner: string, learningRate: LearningRate, step: number): number {
  const rate = typeof learningRate === "number" ? learningRate : learningRate(step);
  if (!(rate >= 0 && rate < Infinity)) {
    throw new RangeError(`${owner}: learningRate must be a finite number >= 0, got ${rate}`);
  }
  return rate;
}

/** @throws {RangeError} If `value` is outside [0, 1). */
export function checkDecay(owner: string, name: string, value: number): number {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${owner}: ${name} must be in [0, 1), got ${value}`);
  }
  return value;
}
