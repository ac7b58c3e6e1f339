import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  constantSchedule,
  cosineSchedule,
  curriculumSchedule,
  earlySchedule,
  lateSchedule,
  linearSchedule,
  type RateSchedule,
} from "../../src/index.js";

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const steps = fc.integer({ min: 1, max: 1_000_000 });
const anyStep = fc.oneof(fc.nat(2_000_000), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

/** A schedule of each kind with random options, and its rates at step 0 and at last, low and high. */
const kinds = {
  constantSchedule: rate.map((r) => [constantSchedule({ rate: r }), r, r] as const),
  linearSchedule: fc
    .tuple(rate, rate, steps)
    .map(([from, to, n]) => [linearSchedule({ from, to, steps: n }), from, to] as const),
  cosineSchedule: fc
    .tuple(rate, rate, steps)
    .map(([from, to, n]) => [cosineSchedule({ from, to, steps: n }), from, to] as const),
  // exp(-gamma 2^32) is 0 in float64 from gamma = 2e-7 on.
  curriculumSchedule: fc
    .tuple(rate, fc.double({ min: 2e-7, max: 10, noNaN: true }))
    .map(([r, gamma]) => [curriculumSchedule({ rate: r, gamma }), 0, r] as const),
  "earlySchedule, linear": fc
    .tuple(rate, steps)
    .map(([r, n]) => [earlySchedule({ rate: r, steps: n }), r, 0] as const),
  "earlySchedule, constant": fc
    .tuple(rate, steps)
    .map(([r, n]) => [earlySchedule({ rate: r, steps: n, decay: "constant" }), r, 0] as const),
  lateSchedule: fc
    .tuple(rate, steps)
    .map(([r, start]) => [lateSchedule({ rate: r, start }), 0, r] as const),
};

describe.each(Object.entries(kinds))("%s", (name, kind) => {
  test("starts and ends at its rates", () => {
    fc.assert(
      fc.property(kind, ([at, first, last]) => {
        expect(at(0) + 0).toBe(first + 0);
        expect(at(2 ** 32 - 1) + 0).toBe(last + 0);
      }),
    );
  });

  test("is monotone between them, and so in [0, 1]", () => {
    fc.assert(
      fc.property(kind, anyStep, anyStep, ([at, first, last], a, b) => {
        const before = at(Math.min(a, b));
        const after = at(Math.max(a, b));
        const sign = Math.sign(last - first);
        // Two products and a sum, each rounded: a tie may break by 2 steps of float64 at 1.
        expect(sign * (after - before)).toBeGreaterThanOrEqual(-(2 ** -52));
        for (const value of [before, after]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("a step %d is a RangeError", (step) => {
    const owner = name.split(",")[0];
    fc.assert(
      fc.property(kind, ([at]) => {
        expect(() => at(step)).toThrow(
          new RangeError(`${owner}: step must be an integer in [0, 2^32), got ${step}`),
        );
      }),
      { numRuns: 1 },
    );
  });
});

const values = (at: RateSchedule, ...steps: readonly number[]): readonly number[] => steps.map(at);

test("linearSchedule: changes by the same amount at each step", () => {
  const at = linearSchedule({ from: 0.5, to: 0.25, steps: 4 });
  expect(values(at, 0, 1, 2, 3, 4, 5)).toEqual([0.5, 0.4375, 0.375, 0.3125, 0.25, 0.25]);
});

test("cosineSchedule: is half way at half the steps, and symmetric about it", () => {
  const at = cosineSchedule({ from: 0.75, to: 0.25, steps: 8 });
  expect(at(4)).toBeCloseTo(0.5, 15);
  for (const step of [1, 2, 3]) expect(at(step) + at(8 - step)).toBeCloseTo(1, 15);
  // Equation 5 of SGDR: to + (from - to) (1 + cos(pi t / T)) / 2.
  expect(at(2)).toBeCloseTo(0.25 + (0.5 * (1 + Math.SQRT1_2)) / 2, 15);
});

test("curriculumSchedule: is 1 - ((1 - keep) exp(-gamma t) + keep), nearly done at gamma = 10 / t", () => {
  const at = curriculumSchedule({ rate: 0.5, gamma: 0.01 });
  for (const step of [0, 1, 50, 1000]) {
    expect(at(step)).toBeCloseTo(1 - (0.5 * Math.exp(-0.01 * step) + 0.5), 15);
  }
  expect(1 - at(1000) / 0.5).toBeLessThan(5e-5);
});

test("earlySchedule: falls in a line or holds, then is 0", () => {
  expect(values(earlySchedule({ rate: 0.5, steps: 4 }), 0, 1, 2, 3, 4, 9)).toEqual([
    0.5, 0.375, 0.25, 0.125, 0, 0,
  ]);
  const constant = earlySchedule({ rate: 0.5, steps: 4, decay: "constant" });
  expect(values(constant, 0, 1, 2, 3, 4, 9)).toEqual([0.5, 0.5, 0.5, 0.5, 0, 0]);
});

test("lateSchedule: is 0, then its rate", () => {
  expect(values(lateSchedule({ rate: 0.5, start: 3 }), 0, 2, 3, 9)).toEqual([0, 0, 0.5, 0.5]);
  expect(lateSchedule({ rate: 0.5, start: 0 })(0)).toBe(0.5);
});

test.each<[() => unknown, string]>([
  [() => constantSchedule({ rate: 1.5 }), "constantSchedule: rate must be in [0, 1], got 1.5"],
  [
    () => linearSchedule({ from: -1, to: 0, steps: 3 }),
    "linearSchedule: from must be in [0, 1], got -1",
  ],
  [
    () => linearSchedule({ from: 0, to: 2, steps: 3 }),
    "linearSchedule: to must be in [0, 1], got 2",
  ],
  [
    () => linearSchedule({ from: 0, to: 1, steps: 0 }),
    "linearSchedule: steps must be an integer >= 1, got 0",
  ],
  [
    () => cosineSchedule({ from: Number.NaN, to: 0, steps: 3 }),
    "cosineSchedule: from must be in [0, 1], got NaN",
  ],
  [
    () => cosineSchedule({ from: 0, to: 2, steps: 3 }),
    "cosineSchedule: to must be in [0, 1], got 2",
  ],
  [
    () => cosineSchedule({ from: 0, to: 1, steps: 1.5 }),
    "cosineSchedule: steps must be an integer >= 1, got 1.5",
  ],
  [
    () => curriculumSchedule({ rate: 2, gamma: 1 }),
    "curriculumSchedule: rate must be in [0, 1], got 2",
  ],
  [
    () => curriculumSchedule({ rate: 0.5, gamma: 0 }),
    "curriculumSchedule: gamma must be a finite number > 0, got 0",
  ],
  [
    () => earlySchedule({ rate: -0.5, steps: 3 }),
    "earlySchedule: rate must be in [0, 1], got -0.5",
  ],
  [
    () => earlySchedule({ rate: 0.5, steps: -3 }),
    "earlySchedule: steps must be an integer >= 1, got -3",
  ],
  [() => lateSchedule({ rate: 7, start: 3 }), "lateSchedule: rate must be in [0, 1], got 7"],
  [
    () => lateSchedule({ rate: 0.5, start: -3 }),
    "lateSchedule: start must be an integer in [0, 2^32), got -3",
  ],
])("schedules: %o is a RangeError", (build, message) => {
  expect(build).toThrow(new RangeError(message));
});

test("schedules: an option of another kind is a TypeError", () => {
  // @ts-expect-error A caller in JavaScript may pass any text.
  expect(() => earlySchedule({ rate: 0.5, steps: 3, decay: "cosine" })).toThrow(
    new TypeError('earlySchedule: decay must be "linear" or "constant", got cosine'),
  );
  // @ts-expect-error A caller in JavaScript may leave it out.
  expect(() => linearSchedule({ from: 0, to: 1 })).toThrow(
    new TypeError("linearSchedule: steps must be an integer >= 1, got undefined"),
  );
  // @ts-expect-error A caller in JavaScript may leave it out.
  expect(() => constantSchedule({})).toThrow(
    new TypeError("constantSchedule: rate must be a number in [0, 1], got undefined"),
  );
});
