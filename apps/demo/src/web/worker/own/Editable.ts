import type { PlannedField } from "../../masks/PlannedField.js";
import type { Edit, OwnReport, SavedFile } from "../../messages.js";

/** What can be done with such a model; it is never changed. */
export interface Editable<T> {
  readonly report: OwnReport;
  /** @throws {Error} If the edit does not fit the model. */
  edited(edit: Edit): Promise<T>;
  /** What a training step over a batch of so many examples draws for activations, at rates that are not learned. */
  fields(batch: number): readonly PlannedField[];
  /** The model as it is, with its dropout. */
  files(): readonly SavedFile[];
}
