import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaUnderRoc, riskCoverage, thresholdForAccuracy } from "../../src/uncertainty.js";

/** Few different values, so that ties are common. */
const values = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 });

test("the area under the ROC is the share of ordered pairs, ties half", () => {
  fc.assert(
    fc.property(values, values, (known, unknown) => {
      const pairs = known.flatMap((k) => unknown.map((u) => (u > k ? 1 : u === k ? 0.5 : 0)));
      const share = pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
      expect(areaUnderRoc(known, unknown)).toBeCloseTo(share, 12);
      expect(areaUnderRoc(unknown, known)).toBeCloseTo(1 - share, 12);
    }),
  );
});

const answers = fc.array(
  fc.record({ uncertainty: fc.integer({ min: 0, max: 5 }), correct: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 30,
  },
);
const split = (list: readonly { uncertainty: number; correct: boolean }[]) => ({
  uncertainty: list.map(({ uncertainty }) => uncertainty),
  correct: list.map(({ correct }) => correct),
});

describe("risk and coverage", () => {
  test("are, at each threshold, those of the answers up to it", () => {
    fc.assert(
      fc.property(answers, (list) => {
        const { thresholds, coverage, risk, area } = riskCoverage(split(list));
        expect([...thresholds]).toEqual(
          [...new Set(list.map(({ uncertainty }) => uncertainty))].sort((a, b) => a - b),
        );
        let before = 0;
        let sum = 0;
        thresholds.forEach((threshold, i) => {
          const given = list.filter(({ uncertainty }) => uncertainty <= threshold);
          expect(coverage[i]).toBeCloseTo(given.length / list.length, 12);
          expect(risk[i]).toBeCloseTo(given.filter((a) => !a.correct).length / given.length, 12);
          sum += (coverage[i] - before) * risk[i];
          before = coverage[i];
        });
        expect(area).toBeCloseTo(sum, 12);
      }),
    );
  });

  test("a threshold for an accuracy answers as many as any threshold that reaches it", () => {
    fc.assert(
      fc.property(answers, fc.double({ min: 0, max: 1, noNaN: true }), (list, accuracy) => {
        const { coverage, risk } = riskCoverage(split(list));
        const reaching = [...coverage].filter((_, i) => 1 - risk[i] >= accuracy);
        const chosen = thresholdForAccuracy(split(list), accuracy);
        expect(chosen?.coverage).toBe(reaching.at(-1));
        expect(chosen === undefined || chosen.accuracy >= accuracy).toBe(true);
      }),
    );
  });

  test("an uncertainty that knows every error leaves the least area", () => {
    const correct = [true, true, true, false];
    const knows = riskCoverage({ uncertainty: [0, 1, 2, 3], correct });
    const errs = riskCoverage({ uncertainty: [3, 2, 1, 0], correct });
    expect(knows.area).toBeCloseTo(1 / 16, 12);
    expect(errs.area).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 12);
  });
});

test.each<[string, () => unknown, string]>([
  [
    "no examples",
    () => riskCoverage({ uncertainty: [], correct: [] }),
    "riskCoverage: examples must be at least one, got none",
  ],
  [
    "other lengths",
    () => riskCoverage({ uncertainty: [1], correct: [] }),
    "riskCoverage: correct must have 1 elements, got 0",
  ],
  [
    "NaN",
    () => riskCoverage({ uncertainty: [Number.NaN], correct: [1] }),
    "riskCoverage: uncertainty must be a number, got NaN in example 0",
  ],
  [
    "what is neither right nor wrong",
    () => riskCoverage({ uncertainty: [1], correct: [2] }),
    "riskCoverage: correct must be in [0, 1], got 2",
  ],
  [
    "an accuracy above 1",
    () => thresholdForAccuracy({ uncertainty: [1], correct: [1] }, 2),
    "thresholdForAccuracy: accuracy must be in [0, 1], got 2",
  ],
  [
    "nothing known",
    () => areaUnderRoc([], [1]),
    "areaUnderRoc: known must have at least one value, got none",
  ],
  [
    "an unknown NaN",
    () => areaUnderRoc([1], [Number.NaN]),
    "areaUnderRoc: unknown must be numbers, got NaN",
  ],
])("ranking refuses %s", (_, call, message) => {
  expect(call).toThrow(message);
});
