import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Axes, dropThreshold, sizeOf } from "../../src/adapter.js";
import { drawMask, dropout, forward, type Variant } from "../../src/index.js";
import { correlationZs } from "./correlation.js";
import { countKept } from "./draw.js";
import { binomialZ, MAX_Z, worst } from "./zScore.js";

const conv = { seed: 1, site: "conv", step: 0 };

/** What a variant keeps of an array of ones, 1 or 0 an entry. */
function decisions(variant: Variant, shape: readonly number[]): Uint8Array {
  const ones = new Float32Array(sizeOf(shape)).fill(1);
  const y = forward(variant, ones, { ...conv, shape, training: true });
  return Uint8Array.from(y, (value) => (value === 0 ? 0 : 1));
}

/** Row-major index in a field of the draw that an entry of the target reads: index 0 along axes of size 1. */
function drawOf(entry: number, shape: readonly number[], field: readonly number[]): number {
  let [rest, at, stride] = [entry, 0, 1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (field[axis] !== 1) at += (rest % shape[axis]) * stride;
    rest = Math.floor(rest / shape[axis]);
    stride *= field[axis];
  }
  return at;
}

const targets = fc
  .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      shares: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    }),
  );

/** Variants that share the axes where `shares` is true, in the two ways that a field can say it. */
const ways: Record<string, (shares: readonly boolean[]) => Variant> = {
  noiseShape: (shares) =>
    dropout({ rate: 0.5, noiseShape: shares.map((shared) => (shared ? 1 : null)) }),
  "shared axes": (shares) => {
    const shared = shares.flatMap((is, axis): Axes[] => (is ? [[axis, axis]] : []));
    const [part] = dropout({ rate: 0.5 }).parts;
    return { name: "shared", parts: [{ ...part, field: { ...part.field, shared } }] };
  },
};

/** Whether each entry of the target has the decision that the contract draws for its run. */
function sharesRuns(variant: Variant, shape: readonly number[], field: readonly number[]): boolean {
  const drawn = drawMask({ ...conv, site: "conv/activation", shape: field, rate: 0.5 });
  return decisions(variant, shape).every(
    (bit, entry) => bit === drawn[drawOf(entry, shape, field)],
  );
}

describe("sharing: one decision serves a run, exactly, and is the one of the contract", () => {
  test.each(Object.keys(ways))("%s", (way) => {
    fc.assert(
      fc.property(targets, ({ shape, shares }) => {
        const field = shape.map((size, axis) => (shares[axis] ? 1 : size));
        expect(sharesRuns(ways[way](shares), shape, field)).toBe(true);
      }),
    );
  });

  test("the law sees a mask that is not shared", () => {
    expect(sharesRuns(dropout({ rate: 0.5 }), [8, 8, 8], [8, 1, 8])).toBe(false);
  });
});

describe("sharing: the runs' decisions are as good as unshared ones", () => {
  const [batch, length, channels] = [2 ** 11, 4, 2 ** 8];

  test.each([0.1, 0.5])("rate and neighbours, rate %d", (rate) => {
    const shape = [batch, length, channels];
    const kept = decisions(dropout({ rate, noiseShape: [null, 1, null] }), shape);
    const runs = new Uint8Array(batch * channels);
    for (let example = 0; example < batch; example++) {
      const first = example * length * channels;
      runs.set(kept.subarray(first, first + channels), example * channels);
    }
    const keep = 1 - dropThreshold(rate) / 65536;
    const scores = correlationZs(runs, runs, { keep, lags: [1, 63, 64, 65, 128, 255, 256, 257] });
    expect(worst([binomialZ(countKept(runs), runs.length, keep), ...scores])).toBeLessThan(MAX_Z);
  });
});
