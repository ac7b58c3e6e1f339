import { open, readFile, rename } from "node:fs/promises";
import type { Digits } from "../data/digits.js";
import type { CompareState } from "../experiment/compare.js";
import type { TrainState } from "../experiment/train.js";

/** A stopped command: its options, what its images were, and how far it came. */
export interface Checkpoint<Options> {
  readonly command: string;
  readonly options: Options;
  readonly images: Fingerprint;
  readonly state: CompareState;
}

/** What tells data sets apart. */
export type Fingerprint = Pick<Digits, "name" | "mean" | "deviation"> & { readonly count: number };

export const fingerprintOf = ({ name, mean, deviation, train }: Digits): Fingerprint => ({
  name,
  mean,
  deviation,
  count: train.count,
});

const VERSION = 1;

/** The same as JSON holds it: bytes as base64. */
interface SavedCheckpoint<Options> extends Omit<Checkpoint<Options>, "state"> {
  readonly version: typeof VERSION;
  readonly state: Omit<CompareState, "current"> & {
    readonly current?: { readonly state: TrainState; readonly learner: string };
  };
}

/** Writes a checkpoint; a file that was there stays whole until the new one is. */
export async function writeCheckpoint<Options>(
  path: string,
  { state: { finished, current }, ...rest }: Checkpoint<Options>,
): Promise<void> {
  const learner = Buffer.from(current?.learner ?? []).toString("base64");
  const state = { finished, ...(current && { current: { ...current, learner } }) };
  const saved: SavedCheckpoint<Options> = { version: VERSION, ...rest, state };
  const part = `${path}.part`;
  try {
    const file = await open(part, "w");
    try {
      await file.writeFile(JSON.stringify(saved));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    throw new Error(`demo: checkpoint must be a file that can be written, got ${path}`, { cause });
  }
}

/**
 * Reads what `writeCheckpoint` wrote.
 * @throws {Error} If it is no checkpoint of the command.
 */
export async function readCheckpoint<Options>(
  path: string,
  command: string,
): Promise<Checkpoint<Options>> {
  const saved = parsed<Options>(path, await textOf(path));
  if (saved?.version !== VERSION || saved.command !== command) {
    throw new Error(
      `demo: resume must be a checkpoint of ${command}, got ${path} of ${saved?.command ?? "something else"}`,
    );
  }
  const { finished, current } = saved.state;
  if (current === undefined) return { ...saved, state: { finished } };
  const learner = Uint8Array.from(Buffer.from(current.learner, "base64"));
  return { ...saved, state: { finished, current: { ...current, learner } } };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`demo: resume must be a file that can be read, got ${path}`, { cause });
  }
}

function parsed<Options>(path: string, text: string): SavedCheckpoint<Options> | null {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`demo: resume must be a checkpoint, got ${path}`, { cause });
  }
}
