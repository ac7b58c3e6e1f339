import type { Learner } from "../../experiment/Learner.js";
import type { SavedFile } from "../messages.js";

/** A network in one framework, as the page drives it. */
export interface PageLearner extends Learner {
  /**
   * Logits `[10]` of one image.
   * @param step Draws the dropout of that step; dropout is off without it. Training goes on as if not asked.
   */
  predict(image: Float32Array, step?: number): Promise<Float32Array>;
  /** Drop probabilities that were learned so far, by sites. */
  learnedRates(): Promise<ReadonlyMap<string, number>>;
  /** The trained network for inference, as the framework's own kind of files. */
  files(): Promise<readonly SavedFile[]>;
}
