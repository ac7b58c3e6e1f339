import type { Progress } from "../trainer/Progress.js";
import type { FixedSettings } from "./settingsOf.js";

/** Where a checkpoint's metadata has its record. */
export const RECORD_KEY = "dropoutkit.training";

/** What a checkpoint tells beside the model and its tensors. */
export interface CheckpointRecord {
  readonly seed: number;
  readonly progress: Progress;
  readonly settings: FixedSettings;
  /** Names of the tensors of the state that are no weights of the model. */
  readonly state: readonly string[];
}
