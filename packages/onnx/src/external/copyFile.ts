import { open } from "node:fs/promises";

/** How far a file has been copied, in bytes. */
export interface CopyProgress {
  readonly file: string;
  readonly copied: number;
  readonly total: number;
}

export interface CopyOptions {
  /** Hears of every piece that is copied. */
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Stops the copy. */
  readonly signal?: AbortSignal;
}

/** Large enough that the disk is busy, small enough that progress is seen. */
const PIECE = 2 ** 23;

/** Copies a file to a new one, piece by piece. */
export async function copyFile(
  from: string,
  to: string,
  { onProgress, signal }: CopyOptions,
): Promise<void> {
  const source = await open(from);
  const target = await open(to, "wx");
  try {
    const { size: total } = await source.stat();
    const piece = new Uint8Array(Math.min(PIECE, total));
    for (let copied = 0; copied < total; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await source.read(piece, 0, piece.length, copied);
      if (bytesRead === 0) throw new Error(`copyFile: ${from} must not shrink, got its end`);
      await target.writeFile(piece.subarray(0, bytesRead));
      copied += bytesRead;
      onProgress?.({ file: from, copied, total });
    }
  } finally {
    await source.close();
    await target.close();
  }
}
