import { describe, expect, test } from "vitest";
import { drawNormal } from "../../src/field/drawNormal.js";
import { drawUniform } from "../../src/field/drawUniform.js";
import {
  conformalIntervals,
  conformalSets,
  fitConformalIntervals,
  fitConformalSets,
  softmax,
} from "../../src/uncertainty.js";

const DRAWS = 2000;
const HELD_OUT = 50;

/**
 * Over draws of held-out and one new example, the share that is covered is a mean of `DRAWS` independent Bernoullis of
 * ceil((n + 1) coverage) / (n + 1), for scores without ties: four standard errors.
 */
function expectCoverage(covered: number, coverage: number): void {
  const p = Math.ceil((HELD_OUT + 1) * coverage) / (HELD_OUT + 1);
  const error = Math.sqrt((p * (1 - p)) / DRAWS);
  expect(Math.abs(covered / DRAWS - p)).toBeLessThan(4 * error);
}

describe.each([0.5, 0.8, 0.9])("exchangeable data, coverage %d", (coverage) => {
  test("a set holds the class of a new example that often, however wrong the model", () => {
    const classes = 4;
    let covered = 0;
    for (let step = 0; step < DRAWS; step++) {
      const shape = [HELD_OUT + 1, classes];
      const logits = drawNormal({ shape, seed: 1, site: "logits", step });
      const u = drawUniform({ shape: [HELD_OUT + 1], seed: 1, site: "labels", step });
      // The model knows a little: of most examples the first class is the label.
      const labels = Uint8Array.from(u, (x) => Math.floor(x * x * classes));
      const probabilities = softmax({ logits, classes });
      const end = HELD_OUT * classes;
      const threshold = fitConformalSets({
        probabilities: probabilities.slice(0, end),
        labels: labels.slice(0, HELD_OUT),
        classes,
        coverage,
      });
      const set = conformalSets({ probabilities: probabilities.slice(end), classes }, threshold);
      covered += set[labels[HELD_OUT]];
    }
    expectCoverage(covered, coverage);
  });

  test("an interval holds the target of a new example that often, however wrong the spread", () => {
    let covered = 0;
    for (let step = 0; step < DRAWS; step++) {
      const key = { shape: [HELD_OUT + 1], seed: 2, step };
      const targets = drawNormal({ ...key, site: "targets" });
      const mean = drawNormal({ ...key, site: "mean" });
      const spread = drawUniform({ ...key, site: "spread" });
      const held = (values: Float32Array): Float32Array => values.slice(0, HELD_OUT);
      const factor = fitConformalIntervals({
        mean: held(mean),
        spread: held(spread),
        targets: held(targets),
        coverage,
      });
      const { lower, upper } = conformalIntervals({ mean, spread }, factor);
      covered +=
        lower[HELD_OUT] <= targets[HELD_OUT] && targets[HELD_OUT] <= upper[HELD_OUT] ? 1 : 0;
    }
    expectCoverage(covered, coverage);
  });
});

test("the threshold is the ceil((n + 1) coverage)-th score", () => {
  // Scores 0.9, 0.8, ... 0.1 of nine examples; (9 + 1) 0.9 = 9.
  const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const examples = {
    probabilities: p.flatMap((x) => [x, 1 - x]),
    labels: p.map(() => 0),
    classes: 2,
  };
  expect(fitConformalSets({ ...examples, coverage: 0.9 })).toBeCloseTo(0.9, 12);
  expect(fitConformalSets({ ...examples, coverage: 0.5 })).toBeCloseTo(0.5, 12);
});

test("a set may be empty", () => {
  expect([...conformalSets({ probabilities: [0.5, 0.5], classes: 2 }, 0.3)]).toEqual([0, 0]);
});

test.each<[string, () => unknown, string]>([
  [
    "too few examples, and says how many it takes",
    () => fitConformalSets({ probabilities: [1, 0], labels: [0], classes: 2, coverage: 0.9 }),
    "fitConformalSets: examples must be at least 9 for a coverage of 0.9, got 1",
  ],
  [
    "a coverage of 1",
    () => fitConformalSets({ probabilities: [1, 0], labels: [0], classes: 2, coverage: 1 }),
    "fitConformalSets: coverage must be in (0, 1), got 1",
  ],
  [
    "a spread of 0",
    () => fitConformalIntervals({ mean: [0], spread: [0], targets: [0], coverage: 0.5 }),
    "fitConformalIntervals: spread must be > 0, got 0 in example 0",
  ],
  [
    "a target that is not finite",
    () => fitConformalIntervals({ mean: [0], spread: [1], targets: [Infinity], coverage: 0.5 }),
    "fitConformalIntervals: targets must be finite, got Infinity in example 0",
  ],
  [
    "other lengths",
    () => conformalIntervals({ mean: [0], spread: [1, 1] }, 1),
    "conformalIntervals: spread must have 1 elements, got 2",
  ],
  [
    "a threshold of NaN",
    () => conformalSets({ probabilities: [1, 0], classes: 2 }, Number.NaN),
    "conformalSets: threshold must be a number, got NaN",
  ],
])("conformal prediction refuses %s", (_, call, message) => {
  expect(call).toThrow(message);
});
