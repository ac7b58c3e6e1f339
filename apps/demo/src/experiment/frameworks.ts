import type { Learner, LearnerOptions } from "./Learner.js";

/** A framework that the experiment runs in. */
export interface Framework {
  readonly name: string;
  /** The network with its start values, in this framework. */
  learner(options: LearnerOptions): Promise<Learner>;
}

export type FrameworkName = "tfjs" | "onnx";

export const frameworkNames: readonly FrameworkName[] = ["tfjs", "onnx"];

/** Each is loaded when it first trains: a second that `--help` need not wait for. */
export const frameworks: Readonly<Record<FrameworkName, Framework>> = {
  tfjs: {
    name: "tfjs (wasm)",
    learner: async (options) => (await import("./tfjsLearner.js")).tfjsLearner(options),
  },
  onnx: {
    name: "onnxruntime-web (wasm)",
    learner: async (options) => (await import("./onnxLearner.js")).onnxLearner(options),
  },
};
