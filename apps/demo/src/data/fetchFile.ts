import { createHash } from "node:crypto";
import { open, readFile, rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const unzip = promisify(gunzip);

/** How far a file has come, in bytes; `total` where the server says it. */
export interface DownloadProgress {
  readonly file: string;
  readonly received: number;
  readonly total: number | undefined;
}

/** A gzip file to be fetched from one address. */
export interface FetchFileOptions {
  readonly url: string;
  /** Path that the file is for; its parts lie beside it. */
  readonly path: string;
  /** SHA-256 of the unzipped bytes, in hexadecimal. */
  readonly hash: string;
  readonly onProgress: ((progress: DownloadProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fetches a gzip file into a `.part` file, after what an earlier call left there, and checks its
 * hash. A connection that is cut is taken up again for as long as each try brings new bytes.
 * @returns The path of the intact part.
 * @throws {Error} If the server refuses or its bytes have another hash; such bytes are removed.
 */
export async function fetchFile(options: FetchFileOptions): Promise<string> {
  const { url, path, hash, signal } = options;
  // One part for each address: the same file is other bytes at another mirror.
  const part = `${path}.${sha256(url).slice(0, 8)}.part`;
  for (;;) {
    const start = await sizeOf(part);
    try {
      await fetchRest(part, start, options);
    } catch (error) {
      if (signal?.aborted || (await sizeOf(part)) <= start) throw error;
      continue;
    }
    const found = await unzippedHash(part);
    if (found === hash) return part;
    await rm(part);
    // A part that was resumed may have been stale: then the whole file gets one try.
    if (start === 0) throw new Error(`unzipped sha256 must be ${hash}, got ${found}`);
  }
}

/** Appends the bytes of the address from `start` on, or writes all of them where the server sends all. */
async function fetchRest(
  part: string,
  start: number,
  { url, path, onProgress, signal }: FetchFileOptions,
): Promise<void> {
  // Without identity, a server may compress what it sends, and byte positions lose their meaning.
  const headers = { "accept-encoding": "identity", ...(start > 0 && { range: `bytes=${start}-` }) };
  const response = await fetch(url, { headers, signal: signal ?? null });
  // Nothing lies beyond the part: it is whole, or stale, which its hash will tell.
  if (start > 0 && response.status === 416) return;
  if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
  const resumed = response.status === 206;
  let received = resumed ? start : 0;
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : received + Number(length);
  const file = await open(part, resumed ? "a" : "w");
  try {
    for await (const chunk of response.body) {
      await file.writeFile(chunk);
      received += chunk.length;
      onProgress?.({ file: basename(path), received, total });
    }
  } finally {
    await file.close();
  }
}

/** SHA-256 of a gzip file's unzipped bytes in hexadecimal, or words that say why there is none. */
export async function unzippedHash(path: string): Promise<string> {
  if ((await sizeOf(path)) === 0) return "no bytes";
  const bytes = await readFile(path);
  try {
    return sha256(await unzip(bytes));
  } catch {
    return "no intact gzip file";
  }
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
