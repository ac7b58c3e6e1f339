import type { GraphBuilder } from "@dropoutkit/onnx/graph";
import type { Settings } from "../trainer/Settings.js";

/** The update of some parameters, whose entries lie in one tensor `[entries]`, as those of all others here do. */
export interface Update {
  readonly builder: GraphBuilder;
  /** The model's version of the standard operators. */
  readonly opset: number;
  readonly parameter: string;
  readonly gradient: string;
  /** The optimizer's state, by the names in `slots`. */
  readonly slots: Readonly<Record<string, string>>;
  /** The numbers of `scalars`, as float32 scalars. */
  readonly scalars: Readonly<Record<string, string>>;
}

/** What becomes of the parameters and of their state. */
export interface Updated {
  readonly parameter: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** A rule that moves parameters against their gradient, each entry by itself, written as nodes of the training graph. */
export interface Optimizer {
  /** What a checkpoint calls it. */
  readonly name: string;
  /** Its options but for the learning rate, which may be another after a run is resumed. Default: none. */
  readonly settings?: Settings;
  /** Names of the state tensors; they start as zeros. */
  readonly slots: readonly string[];
  /** The numbers that the update reads at a step, computed in float64; steps count from 0. */
  scalars(step: number): Readonly<Record<string, number>>;
  /** Adds the nodes of an update. */
  update(update: Update): Updated;
}
