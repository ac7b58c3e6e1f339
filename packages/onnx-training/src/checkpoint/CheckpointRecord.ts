import type { PlannedTraining } from "../planTraining.js";
import type { Progress } from "../Training.js";

/** Where a checkpoint's metadata has its record. */
export const RECORD_KEY = "dropoutkit.training";

/** What a checkpoint tells beside the model and its tensors. */
export interface CheckpointRecord {
  readonly seed: number;
  readonly progress: Progress;
  readonly accumulate: number;
  readonly groups: readonly RecordedGroup[];
  /** Names of the tensors of the state that are no weights of the model. */
  readonly state: readonly string[];
}

export interface RecordOptions {
  readonly plan: PlannedTraining;
  readonly progress: Progress;
  readonly state: readonly string[];
}

interface RecordedGroup {
  readonly optimizer: string;
  readonly slots: readonly string[];
  readonly parameters: readonly string[];
}

export function recordOf({ plan, progress, state }: RecordOptions): CheckpointRecord {
  const { seed, accumulate } = plan;
  return { seed, progress, accumulate, groups: groupsOf(plan), state };
}

function groupsOf(plan: PlannedTraining): RecordedGroup[] {
  return plan.groups.map(({ optimizer, parameters }) => ({
    optimizer: optimizer.name,
    slots: optimizer.slots,
    parameters: parameters.map(({ name }) => name),
  }));
}

/** @throws {Error} If a training is not the one that was recorded. */
export function checkRecord(recorded: CheckpointRecord, plan: PlannedTraining): void {
  const groups = groupsOf(plan);
  expectSame(
    "parameters",
    groupsText(recorded.groups, "parameters"),
    groupsText(groups, "parameters"),
  );
  expectSame(
    "optimizers",
    groupsText(recorded.groups, "optimizer"),
    groupsText(groups, "optimizer"),
  );
  expectSame("optimizer state", groupsText(recorded.groups, "slots"), groupsText(groups, "slots"));
  expectSame("accumulate", String(recorded.accumulate), String(plan.accumulate));
}

const groupsText = (groups: readonly RecordedGroup[], field: keyof RecordedGroup): string =>
  groups.map((group) => [group[field]].flat().join(", ") || "none").join("; ");

function expectSame(what: string, recorded: string, given: string): void {
  if (recorded === given) return;
  throw new Error(
    `Trainer.resume: ${what} must be those of the checkpoint, ${recorded}, got ${given}`,
  );
}
