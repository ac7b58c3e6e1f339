import { fromBase64, toBase64 } from "../../experiment/base64.js";
import type { Pair, Point, SavedFile } from "../messages.js";
import type { Settings } from "../network/Settings.js";

/** A training that stopped: what it was made of, and how far it came. */
export interface Checkpoint {
  readonly settings: Settings;
  /** Of the images that it learned from. */
  readonly data: string;
  readonly steps: number;
  readonly points: readonly Point[];
  readonly learners: Pair<Uint8Array>;
  /** Of a model of one's own: the model. */
  readonly own: readonly SavedFile[];
}

const FORMAT = "dropoutkit page checkpoint 1";
const SUFFIX = ".dropoutkit.json";

export const isCheckpoint = (name: string): boolean => name.endsWith(SUFFIX);

export function writeCheckpoint({ learners, own, ...rest }: Checkpoint): SavedFile {
  const text = JSON.stringify({
    format: FORMAT,
    ...rest,
    learners: { first: toBase64(learners.first), second: toBase64(learners.second) },
    own: own.map(({ name, bytes }) => ({ name, bytes: toBase64(bytes) })),
  });
  return { name: `step${rest.steps}${SUFFIX}`, bytes: new TextEncoder().encode(text) };
}

/** @throws {Error} If it is no checkpoint of this page. */
export async function readCheckpoint(file: File): Promise<Checkpoint> {
  const { format, learners, own, ...rest } = parsed(await file.text());
  if (format !== FORMAT) {
    throw new Error(`demo: checkpoint must be one of this page, got ${file.name}`);
  }
  return {
    ...rest,
    learners: { first: fromBase64(learners.first), second: fromBase64(learners.second) },
    own: own.map(({ name, bytes }: { readonly name: string; readonly bytes: string }) => ({
      name,
      bytes: fromBase64(bytes),
    })),
  };
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("demo: checkpoint must be whole, got a broken file", { cause });
  }
}
