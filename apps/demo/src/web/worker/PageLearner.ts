import type { Learner } from "../../experiment/Learner.js";

/** A file that the page offers to save. */
export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A network in one framework, as the page drives it. */
export interface PageLearner extends Learner {
  /**
   * Logits `[10]` of one image.
   * @param step Draws the dropout of that step; dropout is off without it. Training goes on as if not asked.
   */
  predict(image: Float32Array, step?: number): Promise<Float32Array>;
  /** The trained network for inference, as the framework's own kind of file. */
  save(): Promise<SavedFile>;
}
