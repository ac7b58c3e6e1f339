import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "./cacheDirectory.js";
import { type DownloadProgress, fetchFile, unzippedHash } from "./fetchFile.js";

/** Where MNIST comes from and goes to. */
export interface DownloadMnistOptions {
  /** Folder that gets the files; by default `dropoutkit/mnist` among the user's caches. */
  readonly directory?: string;
  /** Addresses of folders that hold the files, in the order in which they are asked. */
  readonly mirrors?: readonly string[];
  /** Hears of every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download; what has arrived is kept, and the next call goes on from there. */
  readonly signal?: AbortSignal;
  /** SHA-256 of each file's unzipped bytes, by its name; by default the four files of MNIST. */
  readonly hashes?: Readonly<Record<string, string>>;
}

const MIRRORS: readonly string[] = [
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
];

/** Of the unzipped bytes: mirrors have compressed them differently. */
const HASHES: Readonly<Record<string, string>> = {
  "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
};

/**
 * Downloads MNIST, unless it is already there and intact. A file gets its name only when its hash is
 * right; until then it is a `.part` file, from which a later call resumes.
 * @returns The folder, for `readIdxDirectory`.
 * @throws {Error} If a file cannot be had intact from any mirror; the message has each one's reason.
 * @throws The signal's reason, if it is aborted.
 * @see LeCun, Cortes and Burges 1998, "The MNIST database of handwritten digits".
 */
export async function downloadMnist(options: DownloadMnistOptions = {}): Promise<string> {
  const { directory = cacheDirectory("mnist"), hashes = HASHES, signal } = options;
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
  { mirrors = MIRRORS, onProgress, signal }: DownloadMnistOptions,
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
    `downloadMnist: ${name} must come intact from one of ${mirrors.length} mirrors, got ${failures.join("; ")}`,
  );
}

/** What went wrong; `fetch` hides it in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
