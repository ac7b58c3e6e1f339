import type { TrainingPlan } from "../graph/TrainingPlan.js";
import type { FlatGroup } from "../state/FlatGroup.js";
import type { Settings } from "../trainer/Settings.js";
import type { TrainerOptions } from "../trainer/TrainerOptions.js";

/** What must be the same when a training is resumed: for each option its values, as text. */
export type FixedSettings = Readonly<Record<string, readonly string[]>>;

/**
 * Fixed is all that the numbers of a step depend on, but for what a caller may want to change between two steps of
 * one run anyway: learning rates and dropout rates. Recomputation changes no operation, and sessions are the
 * machine's matter.
 */
export function settingsOf(
  { groups, statistics, clip = {}, maxNorm }: TrainingPlan,
  { loss, penalties = [], accumulate = 1 }: TrainerOptions,
): FixedSettings {
  const held = [...(maxNorm?.held ?? [])];
  return {
    loss: [typeof loss === "string" ? loss : textOf(loss.settings)],
    penalties: penalties.map(({ settings }) => textOf(settings)),
    parameters: groups.flatMap(parametersOf),
    optimizer: groups.map(({ optimizer }) => `${optimizer.name} ${textOf(optimizer.settings)}`),
    "optimizer state": groups.map(({ optimizer }) => optimizer.slots.join(", ") || "none"),
    clip: [textOf({ value: clip.value, norm: clip.norm })],
    maxNorm: held.map(
      ([name, { axes }]) => `${maxNorm?.limit} of ${name} over axes ${axes.join(", ")}`,
    ),
    accumulate: [String(accumulate)],
    batchNorm: [statistics === undefined ? "running" : "batch"],
  };
}

/** @throws {Error} If a setting is not the recorded one; tells the first value that differs. */
export function checkSettings(recorded: FixedSettings, given: FixedSettings): void {
  for (const [option, values] of Object.entries(given)) {
    const before = recorded[option] ?? [];
    const longer = before.length > values.length ? before : values;
    const at = longer.findIndex((_, i) => before[i] !== values[i]);
    if (at < 0) continue;
    throw new Error(
      `Trainer.resume: ${option} must be as in the checkpoint, ${before[at] ?? "none"}, got ${values[at] ?? "none"}`,
    );
  }
}

const parametersOf = ({ parameters }: FlatGroup, at: number): string[] =>
  parameters.map(({ name, dims }) => `${name} [${dims.join(", ")}] in group ${at}`);

/** An object of a caller's own may tell nothing of itself. */
const textOf = (settings: Settings = {}): string => JSON.stringify(settings);
