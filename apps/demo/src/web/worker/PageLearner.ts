import type { Batch, Score } from "../../experiment/Learner.js";

/** A file that the page offers to save. */
export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A network in one framework, as the page drives it. */
export interface PageLearner {
  /** Moves the weights by one batch; the score is from before the move, with dropout on. */
  step(batch: Batch): Promise<Score>;
  /** Scores a batch with dropout off. */
  evaluate(batch: Batch): Promise<Score>;
  /**
   * Logits `[10]` of one image.
   * @param step Draws the dropout of that step; dropout is off without it. Training goes on as if not asked.
   */
  predict(image: Float32Array, step?: number): Promise<Float32Array>;
  /** The trained network for inference, as the framework's own kind of file. */
  save(): Promise<SavedFile>;
  /** Frees what the network holds. */
  dispose(): Promise<void>;
}
