import type { Learner, LearnerOptions } from "./Learner.js";
import { onnxLearner } from "./onnxLearner.js";
import { tfjsLearner } from "./tfjsLearner.js";

/** A framework that the experiment runs in. */
export interface Framework {
  readonly name: string;
  /** The network with its start values, in this framework. */
  learner(options: LearnerOptions): Promise<Learner>;
}

export type FrameworkName = "tfjs" | "onnx";

export const frameworkNames: readonly FrameworkName[] = ["tfjs", "onnx"];

export const frameworks: Readonly<Record<FrameworkName, Framework>> = {
  tfjs: { name: "tfjs (wasm)", learner: tfjsLearner },
  onnx: { name: "onnxruntime-web (wasm)", learner: onnxLearner },
};
