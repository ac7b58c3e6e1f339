import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type Command, Option } from "commander";
import type { Digits } from "../data/digits.js";
import {
  type ArmResult,
  type CompareOptions,
  type CompareState,
  compare,
  type Run,
} from "../experiment/compare.js";
import { armLabel } from "../experiment/networks/Noise.js";
import {
  type Checkpoint,
  fingerprintOf,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpointFile.js";
import type { DemoOutput } from "./DemoOutput.js";

export interface CheckpointOptions {
  readonly checkpoint?: string;
  readonly resume?: string;
}

/** To be called when all other options of the command are there. */
export function addCheckpointOptions(command: Command): Command {
  command.option(
    "--checkpoint <file>",
    "write all that is needed to go on after each epoch; Ctrl+C loses the epoch under way",
  );
  const others = command.options.map((option) => option.attributeName());
  return command.addOption(
    new Option(
      "--resume <file>",
      "go on, to the bit, from such a file, with the options that are in it",
    ).conflicts(others),
  );
}

/** A command that begins, or goes on from a checkpoint. */
export interface Started<Options> {
  readonly command: string;
  readonly options: Options;
  readonly from?: Pick<Checkpoint<Options>, "images" | "state">;
}

/** The options that were given, or those of the checkpoint that is resumed. */
export async function startedFrom<Options extends CheckpointOptions>(
  command: string,
  options: Options,
): Promise<Started<Options>> {
  const { resume } = options;
  if (resume === undefined) return { command, options };
  const saved = await readCheckpoint<Options>(resume, command);
  return { command, options: { ...saved.options, checkpoint: resume }, from: saved };
}

type Experiment = Pick<CompareOptions, "digits" | "frameworks" | "arms" | "recipe" | "seeds">;

/** Trains all arms, shows how far they are, and writes checkpoints where the options ask for them. */
export async function runExperiment<Options extends CheckpointOptions>(
  experiment: Experiment,
  { started, output }: { readonly started: Started<Options>; readonly output: DemoOutput },
): Promise<ArmResult[]> {
  const { digits, seeds } = experiment;
  const { progress } = output;
  const onState = await checkpointsOf(started, digits);
  const results = await compare({
    ...experiment,
    now: () => performance.now(),
    pause: setImmediate,
    onRun: (run) => {
      progress.start(labelOf(run, seeds));
      return progress.show;
    },
    from: started.from?.state,
    onState,
  });
  progress.stop();
  return results;
}

/** Writes a first checkpoint before hours of training, and returns what writes the others. */
async function checkpointsOf<Options extends CheckpointOptions>(
  { command, options, from }: Started<Options>,
  digits: Digits,
): Promise<CompareOptions["onState"]> {
  const images = fingerprintOf(digits);
  if (from && !isDeepStrictEqual(from.images, images)) {
    throw new Error(
      `demo: resume must find the ${from.images.count} images of ${from.images.name} that it began with, got others`,
    );
  }
  const { checkpoint } = options;
  if (checkpoint === undefined) return undefined;
  const write = (state: CompareState): Promise<void> =>
    writeCheckpoint(checkpoint, { command, options, images, state });
  if (from === undefined) await write({ finished: [] });
  return write;
}

/** One training's name, of equal width for all so that the bars stand under each other. */
function labelOf({ framework, seed, ...arm }: Run, seeds: number): string {
  return `${framework.padEnd(22)} ${armLabel(arm).padEnd(13)}${seeds === 1 ? "" : ` seed ${seed}`}`;
}
