/** The file format's version that came with each operator set; a later one can hold an earlier set. */
const irVersions: Readonly<Record<number, number | undefined>> = {
  1: 3,
  2: 3,
  3: 3,
  4: 3,
  5: 3,
  6: 3,
  7: 3,
  8: 3,
  9: 4,
  10: 5,
  11: 6,
  12: 7,
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
  24: 12,
};

export const OLDEST_OPSET = 1;
export const NEWEST_OPSET = 24;

/** The file format that an operator set needs. */
export const irVersionOf = (opset: number): number => irVersions[opset] ?? 0;

/** The newest operator set that a version of the file format came with; of the first two the only one, 1. */
export function newestOpsetOf(irVersion: bigint): number {
  const known = Object.entries(irVersions).filter(
    ([, version = 0]) => irVersion >= BigInt(version),
  );
  return Math.max(1, ...known.map(([opset]) => Number(opset)));
}
