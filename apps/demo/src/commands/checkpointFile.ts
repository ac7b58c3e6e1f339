import { open, readFile, rename } from "node:fs/promises";
import type { Digits } from "../data/digits.js";
import type { CompareState } from "../experiment/compare.js";

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

/** Writes a checkpoint; a file that was there stays whole until the new one is. */
export async function writeCheckpoint<Options>(
  path: string,
  { state, ...rest }: Checkpoint<Options>,
): Promise<void> {
  const { current } = state;
  const learner = current && Buffer.from(current.learner).toString("base64");
  const saved = { ...state, ...(current && { current: { ...current, learner } }) };
  const part = `${path}.part`;
  try {
    const file = await open(part, "w");
    try {
      await file.writeFile(JSON.stringify({ version: VERSION, ...rest, state: saved }));
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
  const { version, ...checkpoint } = parsed(path, await textOf(path));
  if (version !== VERSION || checkpoint.command !== command) {
    throw new Error(
      `demo: resume must be a checkpoint of ${command}, got ${path} of ${checkpoint.command ?? "something else"}`,
    );
  }
  const { current } = checkpoint.state;
  if (current === undefined) return checkpoint;
  const learner = Uint8Array.from(Buffer.from(current.learner, "base64"));
  return { ...checkpoint, state: { ...checkpoint.state, current: { ...current, learner } } };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`demo: resume must be a file that can be read, got ${path}`, { cause });
  }
}

function parsed(path: string, text: string) {
  try {
    return JSON.parse(text) ?? {};
  } catch (cause) {
    throw new Error(`demo: resume must be a checkpoint, got ${path}`, { cause });
  }
}
