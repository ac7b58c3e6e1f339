import { describe, expect, test } from "vitest";
import { correlationZs } from "./correlation.js";
import { coreDraw, type Draw, HALF, origin } from "./draw.js";
import { contractDraw, weakDraw } from "./weakDraw.js";
import { chiSquareZ, MAX_Z, worst } from "./zScore.js";

const ENTRIES = 2 ** 20;

/**
 * Distances at which the entry order could show: within a run of 64 adjacent blocks, between the
 * draws of one block (64, 128, 192) and of its neighbours (one beside), between tiles (256), and
 * powers of two beyond, at which counters share their low bits.
 */
const lags = [
  ...[1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33],
  ...[63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 320, 511, 512, 513],
  ...[768, 1024, 2048, 4096, 16384, 65536, 262144],
];

function worstLagZ(draw: Draw, threshold: number): number {
  const field = draw(origin, threshold, ENTRIES);
  const keep = 1 - threshold / 65536;
  return worst(correlationZs(field, field, { keep, lags }));
}

/** A field as its four streams of draws: stream d holds draw d of block 0, 1, 2, ... */
function drawStreams(field: Uint8Array): Uint8Array[] {
  const streams = [0, 1, 2, 3].map(() => new Uint8Array(field.length / 4));
  field.forEach((bit, i) => {
    streams[(i >> 6) & 3][(i >> 8) * 64 + (i & 63)] = bit;
  });
  return streams;
}

/** The largest |z| between two draws of a block, or of blocks up to two apart. */
function worstBlockZ(draw: Draw, threshold: number): number {
  const streams = drawStreams(draw(origin, threshold, ENTRIES));
  const keep = 1 - threshold / 65536;
  return worst(
    streams.flatMap((a, i) =>
      streams.flatMap((b, j) => correlationZs(a, b, { keep, lags: i < j ? [0, 1, 2] : [1, 2] })),
    ),
  );
}

/**
 * z of the chi-square of all patterns of eight fair bits that lie `stride` apart: what no pair of
 * entries shows (the parity of four draws, say) shows here.
 */
function patternZ(draw: Draw, stride: number): number {
  const field = draw(origin, HALF, ENTRIES);
  const patterns = new Uint32Array(256);
  for (let start = 0; start < ENTRIES; start += 8 * stride) {
    for (let first = start; first < start + stride; first++) {
      let pattern = 0;
      for (let bit = 0; bit < 8; bit++) pattern = 2 * pattern + field[first + bit * stride];
      patterns[pattern] += 1;
    }
  }
  return chiSquareZ(patterns);
}

const strides = [1, 2, 16, 64, 128, 256, 1024];

describe("neighbours: entries of a field are independent", () => {
  test.each([3277, 19661, HALF, 58982])("at each lag, T = %d", (threshold) => {
    expect(worstLagZ(coreDraw, threshold)).toBeLessThan(MAX_Z);
  });

  test.each([3277, HALF])(
    "between the four draws of a block and of the next two, T = %d",
    (threshold) => {
      expect(worstBlockZ(coreDraw, threshold)).toBeLessThan(MAX_Z);
    },
  );

  test.each(strides)("eight at a time, %d apart", (stride) => {
    expect(Math.abs(patternZ(coreDraw, stride))).toBeLessThan(MAX_Z);
  });
});

describe("neighbours: the battery sees", () => {
  test.each([4, 6, 8])("Threefry with %d rounds", (rounds) => {
    expect(worstLagZ(weakDraw({ rounds }), HALF)).toBeGreaterThan(MAX_Z);
  });

  test("two draws of a block that are one", () => {
    const twice = weakDraw({ draw: (word0, word1, i) => contractDraw(word0, word1, i % 3) });
    expect(worstBlockZ(twice, 3277)).toBeGreaterThan(MAX_Z);
    expect(worstLagZ(twice, 3277)).toBeGreaterThan(MAX_Z);
  });

  test("a draw that is the exclusive or of the other three, though each pair is independent", () => {
    const parity = weakDraw({
      draw: (word0, word1, i) =>
        contractDraw(i < 3 ? word0 : word0 ^ (word0 << 16) ^ (word1 << 16), word1, i < 3 ? i : 1),
    });
    expect(worstBlockZ(parity, HALF)).toBeLessThan(MAX_Z);
    expect(Math.abs(patternZ(parity, 64))).toBeGreaterThan(MAX_Z);
  });

  test("a decision that serves two entries", () => {
    const doubled: Draw = (at, threshold, entries) => {
      const half = coreDraw(at, threshold, entries / 2);
      return new Uint8Array(entries).map((_, i) => half[i >> 1]);
    };
    expect(worstLagZ(doubled, 19661)).toBeGreaterThan(MAX_Z);
  });
});
