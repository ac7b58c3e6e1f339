import { describe, expect, test } from "vitest";
import { coreDraw, countKept, type Draw, origin } from "./draw.js";
import { contractDraw, weakDraw } from "./weakDraw.js";
import { binomialZ, chiSquareZ, MAX_Z, worst } from "./zScore.js";

const MILLION = 2 ** 20;

function rateZ(draw: Draw, threshold: number, entries: number): number {
  const kept = countKept(draw(origin, threshold, entries));
  return binomialZ(kept, entries, 1 - threshold / 65536);
}

/**
 * Over thresholds in rising order, in which step between them each entry is dropped first: all 16
 * bits of a draw in one chi-square, as a histogram with bins of unequal width.
 */
function histogramZ(draw: Draw, thresholds: readonly number[], entries: number): number {
  const dropped = thresholds.map(
    (threshold) => entries - countKept(draw(origin, threshold, entries)),
  );
  const upTo = [...dropped, entries];
  const edges = [...thresholds, 65536];
  return chiSquareZ(
    upTo.map((count, i) => count - (upTo[i - 1] ?? 0)),
    edges.map((edge, i) => (edge - (edges[i - 1] ?? 0)) / 65536),
  );
}

/** The largest |z| of the drops at one of the 256 places of a tile, or at one of a block's four draws. */
function worstPlaceZ(draw: Draw, threshold: number): number {
  const places = new Uint32Array(256);
  const draws = new Uint32Array(4);
  draw(origin, threshold, 4 * MILLION).forEach((bit, i) => {
    places[i & 255] += bit;
    draws[(i >> 6) & 3] += bit;
  });
  const keep = 1 - threshold / 65536;
  return worst([
    ...Array.from(places, (kept) => binomialZ(kept, MILLION / 64, keep)),
    ...Array.from(draws, (kept) => binomialZ(kept, MILLION, keep)),
  ]);
}

describe("rate: entries are dropped with probability T / 65536", () => {
  test.each([128, 655, 6554, 19661, 32767, 32768, 45875, 58982, 65408])("T = %d", (threshold) => {
    expect(Math.abs(rateZ(coreDraw, threshold, 2 * MILLION))).toBeLessThan(MAX_Z);
  });

  // 256 drops, or 256 kept, expected of 2^24: 7 deviations of this Poisson count have, by Chernoff's
  // bound exp(-256 (1.4375 ln 1.4375 - 0.4375)), a tail of 5e-10.
  test.each([1, 65535])("T = %d, one step from the end", (threshold) => {
    expect(Math.abs(rateZ(coreDraw, threshold, 16 * MILLION))).toBeLessThan(MAX_Z);
  });

  test("at 32 thresholds at once, odd and even", () => {
    const thresholds = Array.from({ length: 32 }, (_, i) => 2003 * (i + 1));
    expect(Math.abs(histogramZ(coreDraw, thresholds, MILLION))).toBeLessThan(MAX_Z);
  });

  test.each([6400, 32768])(
    "at each place of a tile and each draw of a block, T = %d",
    (threshold) => {
      expect(worstPlaceZ(coreDraw, threshold)).toBeLessThan(MAX_Z);
    },
  );
});

describe("rate: the battery sees", () => {
  test("draws of 8 bits, whose rate is off by up to 2^-8", () => {
    const coarse: Draw = (at, threshold, entries) =>
      coreDraw(at, 256 * Math.ceil(threshold / 256), entries);
    expect(Math.abs(rateZ(coarse, 6401, MILLION))).toBeGreaterThan(MAX_Z);
  });

  test("kept where draw > T in place of draw >= T", () => {
    const strict: Draw = (at, threshold, entries) => coreDraw(at, threshold + 1, entries);
    expect(Math.abs(rateZ(strict, 1, 16 * MILLION))).toBeGreaterThan(MAX_Z);
  });

  test("a bit that is stuck in one of a block's four draws", () => {
    const stuck = weakDraw({
      draw: (word0, word1, i) => contractDraw(word0, word1, i) | (i === 2 ? 0x100 : 0),
    });
    expect(worstPlaceZ(stuck, 6400)).toBeGreaterThan(MAX_Z);
    expect(Math.abs(histogramZ(stuck, [256, 512, 6400, 32768], MILLION))).toBeGreaterThan(MAX_Z);
  });
});
