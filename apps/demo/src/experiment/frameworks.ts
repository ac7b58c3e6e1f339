import type { Learner, LearnerOptions } from "./Learner.js";
import { onnxLearner } from "./onnxLearner.js";
import { tfjsLearner } from "./tfjsLearner.js";

/** A framework that the experiment runs in. */
export interface Framework {
  readonly name: string;
  /** The network with its start values, in this framework. */
  learner(options: LearnerOptions): Promise<Learner>;
}

export const frameworks: readonly Framework[] = [
  { name: "tfjs (wasm)", learner: tfjsLearner },
  { name: "onnxruntime-web (wasm)", learner: onnxLearner },
];
