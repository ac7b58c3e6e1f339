import { describe, expect, test } from "vitest";
import { drawField } from "../../src/adapter.js";
import { dropBlock } from "../../src/index.js";

/** Marsaglia's xorshift32: uniforms for the paper's algorithm that owe nothing to the library's. */
function xorshift(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/**
 * Algorithm 1 of the paper on one map: centres are drawn with probability gamma where a block around
 * them lies inside (section 3.1), and each zeroes its block. Returns how many entries are dropped.
 */
function algorithm1(
  { height, width, size, rate }: { height: number; width: number; size: number; rate: number },
  random: () => number,
): number {
  const valid = (height - size + 1) * (width - size + 1);
  const gamma = ((rate / size ** 2) * (height * width)) / valid;
  const half = Math.floor(size / 2);
  const map = Array.from({ length: height }, () => new Array<number>(width).fill(1));
  for (let y = half; y < height - (size - 1 - half); y++) {
    for (let x = half; x < width - (size - 1 - half); x++) {
      if (random() >= gamma) continue;
      for (let row = y - half; row < y - half + size; row++) {
        map[row].fill(0, x - half, x - half + size);
      }
    }
  }
  return map.flat().filter((entry) => entry === 0).length;
}

describe("dropBlock: drops as large a share as the paper's own algorithm, within 10%", () => {
  test.each([
    [7, 7, 7, 0.1],
    [8, 6, 3, 0.1],
    [14, 14, 7, 0.1],
    [14, 14, 5, 0.25],
    [9, 9, 4, 0.3],
    [10, 10, 1, 0.2],
  ])("map %d x %d, block %d, rate %d", (height, width, size, rate) => {
    const maps = 40_000;
    const random = xorshift(2463534242);
    let paper = 0;
    for (let map = 0; map < maps; map++) {
      paper += algorithm1({ height, width, size, rate }, random);
    }
    const [{ field }] = dropBlock({ rate, blockSize: size, channels: "first" }).parts;
    const target = [maps, 1, height, width];
    const { data } = drawField(field, { seed: 3, site: "conv", step: 0, target });
    const dropped = data.filter((bit) => bit === 0).length;
    // A map's share lies in [0, 1] with mean <= rate, so its variance is at most rate: the ratio of the
    // two shares has a standard error below sqrt(2 / (rate maps)) / 0.8 <= 2.8%, 3.5 of which are 10%.
    expect(Math.abs(dropped / paper - 1)).toBeLessThanOrEqual(0.1);
    // Blocks overlap, so the share is below the rate, by the second order in it.
    const share = dropped / data.length;
    expect(share).toBeLessThanOrEqual(rate * (1 + 5 / Math.sqrt(rate * maps)));
    expect(share).toBeGreaterThan(rate - rate ** 2);
  });
});
