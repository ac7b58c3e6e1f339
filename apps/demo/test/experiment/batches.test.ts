import { describe, expect, test } from "vitest";
import { PIXELS } from "../../src/data/digits.js";
import { orderedBatches, shuffledBatches } from "../../src/experiment/batches.js";

/** Ten images whose pixels are all ten times their label. */
const set = {
  images: Uint8Array.from({ length: 10 * PIXELS }, (_, i) => 10 * Math.floor(i / PIXELS)),
  labels: Uint8Array.from({ length: 10 }, (_, i) => i),
  count: 10,
};
const options = { set, normalisation: { mean: 0.5, deviation: 0.25 }, size: 4 };

const labelsOf = (batches: Iterable<{ labels: Uint8Array }>): number[] =>
  [...batches].flatMap(({ labels }) => [...labels]);

describe("batches", () => {
  test("ordered: every example once, in order, the last batch with what is left", () => {
    const batches = [...orderedBatches(options)];
    expect(batches.map(({ size }) => size)).toEqual([4, 4, 2]);
    expect(labelsOf(batches)).toEqual([...set.labels]);
  });

  test("inputs: (pixel / 255 - mean) / deviation, beside their own label", () => {
    for (const { images, labels } of shuffledBatches(options, { seed: 1, epoch: 1 })) {
      labels.forEach((label, row) => {
        const expected = Math.fround(((10 * label) / 255 - 0.5) / 0.25);
        expect(images[row * PIXELS]).toBe(expected);
        expect(images[(row + 1) * PIXELS - 1]).toBe(expected);
      });
    }
  });

  test("shuffled: a permutation, a function of seed and epoch", () => {
    const order = (seed: number, epoch: number): number[] =>
      labelsOf(shuffledBatches(options, { seed, epoch }));
    expect([...order(1, 1)].sort()).toEqual([...set.labels]);
    expect(order(1, 1)).toEqual(order(1, 1));
    expect(order(1, 2)).not.toEqual(order(1, 1));
    expect(order(2, 1)).not.toEqual(order(1, 1));
  });
});
