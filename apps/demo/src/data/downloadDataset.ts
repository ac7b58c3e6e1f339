import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "./datasets.js";
import { type DownloadProgress, fetchFile, unzippedHash } from "./fetchFile.js";

export interface DownloadDatasetOptions extends Dataset {
  /** Hears of every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download; what has arrived is kept, and the next call goes on from there. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads a data set, unless it is already there and intact. A file gets its name only when its hash is
 * right; until then it is a `.part` file, from which a later call resumes.
 * @returns The folder, for `readIdxDirectory`.
 * @throws {Error} If a file cannot be had intact from any mirror; the message has each one's reason.
 * @throws The signal's reason, if it is aborted.
 */
export async function downloadDataset(options: DownloadDatasetOptions): Promise<string> {
  const { directory, hashes, signal } = options;
  await mkdir(directory, { recursive: true });
  for (const [name, hash] of Object.entries(hashes)) {
    signal?.throwIfAborted();
    const path = join(directory, name);
    if ((await unzippedHash(path)) !== hash) await fetchFromAny({ name, path, hash }, options);
  }
  return directory;
}

/** A file to be had: its name at a mirror, its path here, and the hash of its unzipped bytes. */
interface Wanted {
  readonly name: string;
  readonly path: string;
  readonly hash: string;
}

async function fetchFromAny(
  { name, path, hash }: Wanted,
  { mirrors, onProgress, signal }: DownloadDatasetOptions,
): Promise<void> {
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const url = `${mirror.replace(/\/?$/, "/")}${name}`;
    try {
      const part = await fetchFile({ url, path, hash, onProgress, signal });
      await rename(part, path);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${mirror}: ${reasonOf(error)}`);
    }
  }
  throw new Error(
    `downloadDataset: ${name} must come intact from one of ${mirrors.length} mirrors, got ${failures.join("; ")}`,
  );
}

/** What went wrong; `fetch` hides it in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
