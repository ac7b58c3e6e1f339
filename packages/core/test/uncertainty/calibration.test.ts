import { describe, expect, test } from "vitest";
import { drawNormal } from "../../src/field/drawNormal.js";
import { drawUniform } from "../../src/field/drawUniform.js";
import {
  brierScore,
  calibrationBins,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  softmax,
} from "../../src/uncertainty.js";

const EXAMPLES = 20_000;
const CLASSES = 5;

/** Logits, and labels that are drawn by their softmax at a temperature. */
function drawn(temperature: number): { logits: Float32Array; labels: Uint8Array } {
  const key = { seed: 3, site: "calibration", step: 0 };
  const logits = drawNormal({ ...key, shape: [EXAMPLES, CLASSES] }).map((z) => 2 * z);
  const p = softmax({ logits, classes: CLASSES, temperature });
  const u = drawUniform({ ...key, site: "labels", shape: [EXAMPLES] });
  const labels = Uint8Array.from(u, (x, i) => {
    let c = 0;
    for (let left = x - p[i * CLASSES]; left > 0 && c < CLASSES - 1; left -= p[i * CLASSES + c]) {
      c += 1;
    }
    return c;
  });
  return { logits, labels };
}

const lossAt = (temperature: number, { logits, labels }: ReturnType<typeof drawn>): number =>
  negativeLogLikelihood({
    probabilities: softmax({ logits, classes: CLASSES, temperature }),
    labels,
    classes: CLASSES,
  });

describe.each([0.5, 1, 3])("labels drawn at temperature %d", (temperature) => {
  const data = drawn(temperature);
  const fitted = fitTemperature({ ...data, classes: CLASSES });

  test("it is found again, within four standard errors", () => {
    // The information about 1 / T in an example is the variance of its logits under p; its mean, estimated here.
    const p = softmax({ ...data, classes: CLASSES, temperature });
    let information = 0;
    for (let i = 0; i < EXAMPLES; i++) {
      const row = [...p.slice(i * CLASSES, (i + 1) * CLASSES)];
      const z = [...data.logits.slice(i * CLASSES, (i + 1) * CLASSES)];
      const mean = row.reduce((sum, q, c) => sum + q * z[c], 0);
      information += row.reduce((sum, q, c) => sum + q * (z[c] - mean) ** 2, 0);
    }
    expect(Math.abs(1 / fitted - 1 / temperature)).toBeLessThan(4 / Math.sqrt(information));
  });

  test("no other temperature is likelier", () => {
    const best = lossAt(fitted, data);
    for (const factor of [0.5, 0.9, 1.1, 2]) {
      expect(lossAt(fitted * factor, data)).toBeGreaterThan(best);
    }
  });

  test("at it, confidence is what accuracy is: each bin within four standard errors", () => {
    const probabilities = softmax({ ...data, classes: CLASSES, temperature });
    const all = { probabilities, labels: data.labels, classes: CLASSES };
    const bins = calibrationBins({ ...all, bins: 10 });
    expect(bins.reduce((sum, { examples }) => sum + examples, 0)).toBe(EXAMPLES);
    for (const { examples, confidence, accuracy, from, to } of bins) {
      if (examples === 0) continue;
      expect(confidence).toBeGreaterThan(from);
      expect(confidence).toBeLessThanOrEqual(to);
      // Of a mean of Bernoullis, whose variance is at most 1/4, and one right answer more or less.
      const error = 4 * Math.sqrt((confidence * (1 - confidence)) / examples) + 1 / examples;
      expect(Math.abs(confidence - accuracy)).toBeLessThan(error);
    }
  });
});

describe("scores", () => {
  const half = { probabilities: [0.5, 0.5, 0.25, 0.75], labels: [0, 1], classes: 2 };

  test("are those of their formulas", () => {
    expect(negativeLogLikelihood(half)).toBeCloseTo((Math.log(2) - Math.log(0.75)) / 2, 12);
    expect(brierScore(half)).toBeCloseTo((0.5 + 2 * 0.25 ** 2) / 2, 12);
    // Both are right: confidences 0.5 and 0.75 against 1.
    expect(expectedCalibrationError(half)).toBeCloseTo((0.5 + 0.25) / 2, 12);
  });

  test("are best where the probabilities are right and sure, worst where sure and wrong", () => {
    const sure = { probabilities: [1, 0], classes: 2 };
    expect(brierScore({ ...sure, labels: [0] })).toBe(0);
    expect(negativeLogLikelihood({ ...sure, labels: [0] })).toBe(0);
    expect(brierScore({ ...sure, labels: [1] })).toBe(2);
    expect(negativeLogLikelihood({ ...sure, labels: [1] })).toBe(Infinity);
    expect(expectedCalibrationError({ ...sure, labels: [1] })).toBe(1);
  });

  test("where every example is right, the coldest temperature fits", () => {
    expect(fitTemperature({ logits: [1, 0], labels: [0], classes: 2 })).toBeCloseTo(2 ** -7, 9);
  });

  test("a temperature changes no answer", () => {
    const logits = [1, 3, 2];
    for (const temperature of [0.01, 1, 100]) {
      const p = softmax({ logits, classes: 3, temperature });
      expect(p.indexOf(Math.max(...p))).toBe(1);
    }
  });
});

test.each<[string, () => unknown, string]>([
  [
    "labels out of range",
    () => brierScore({ probabilities: [1, 0], labels: [2], classes: 2 }),
    "brierScore: labels must be integers in [0, 2), got 2 in example 0",
  ],
  [
    "no examples",
    () => expectedCalibrationError({ probabilities: [], labels: [], classes: 2 }),
    "expectedCalibrationError: labels must be at least one, got none",
  ],
  [
    "other lengths",
    () => negativeLogLikelihood({ probabilities: [1], labels: [0], classes: 2 }),
    "negativeLogLikelihood: probabilities must have 2 elements, got 1",
  ],
  [
    "logits for probabilities",
    () => calibrationBins({ probabilities: [0.2, 0.2], labels: [0], classes: 2 }),
    "calibrationBins: probabilities must sum to 1, got 0.4 in example 0; are they logits?",
  ],
  [
    "no bins",
    () => calibrationBins({ probabilities: [1, 0], labels: [0], classes: 2, bins: 0 }),
    "calibrationBins: bins must be an integer >= 1, got 0",
  ],
  [
    "NaN",
    () => fitTemperature({ logits: [Number.NaN, 0], labels: [0], classes: 2 }),
    "fitTemperature: logits must be numbers below Infinity, at least one of each example finite, got NaN in example 0",
  ],
  [
    "a temperature of 0",
    () => softmax({ logits: [1, 0], classes: 2, temperature: 0 }),
    "softmax: temperature must be a finite number > 0, got 0",
  ],
  [
    "half an example",
    () => softmax({ logits: [1, 0, 1], classes: 2 }),
    "softmax: logits must have 4 elements, got 3",
  ],
])("calibration refuses %s", (_, call, message) => {
  expect(call).toThrow(message);
});
