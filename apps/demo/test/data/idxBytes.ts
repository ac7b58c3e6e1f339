/** An IDX file of byte entries, unzipped: the magic number, big-endian sizes, then the entries. */
export function idxBytes(
  magic: number,
  sizes: readonly number[],
  entries: ArrayLike<number>,
): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + entries.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of [magic, ...sizes].entries()) view.setUint32(4 * i, word);
  bytes.set(entries, 4 + 4 * sizes.length);
  return bytes;
}
