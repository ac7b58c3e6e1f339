import { describe, expect, test } from "vitest";
import { evaluate, rateScalars } from "../../src/adapter.js";
import { dropConnect, sparseVariationalDropout, type Variant } from "../../src/index.js";
import { type Arr, array, arrays, type Leaves, scalar } from "./arrays.js";
import { type RunOptions, runPart } from "./runPart.js";

const x = array([3, 4], [1, -2, 0.5, 3, 0, 1, 1, -1, 1, -2, 0.5, 3]);
const w = array([4, 2], [0.5, -1, 2, 0.25, -1.5, 1, 0.75, -0.5]);
const b = array([2], [0.5, -1]);
const training = { seed: 5, site: "dense", step: 0, training: true, batch: 3 };

/** A dense layer under a variant, by places alone: 10 lines of an adapter. */
function dense({ parts }: Variant, options: RunOptions, learned: Leaves = {}): Arr {
  const value = { kernel: w, bias: b };
  for (const part of parts) {
    if (part.at !== "kernel" && part.at !== "bias") continue;
    const old = value[part.at];
    value[part.at] = runPart(part, old.shape, { x: old }, options);
  }
  const leaves = { x, w: value.kernel, b: value.bias, ...learned };
  const { ops } = arrays({});
  const noisy = parts.find(({ at }) => at === "linear");
  const product = noisy ? runPart(noisy, [3, 2], leaves, options) : ops.linear(x, value.kernel);
  return ops.add(product, value.bias);
}

/** Mean and variance of each pre-activation over training steps. */
function moments(
  variant: Variant,
  steps: number,
  learned?: Leaves,
): { mean: Float64Array; variance: Float64Array } {
  const runs = Array.from(
    { length: steps },
    (_, step) => dense(variant, { ...training, step }, learned).data,
  );
  const mean = runs[0].map((_, i) => runs.reduce((sum, run) => sum + run[i], 0) / steps);
  const variance = mean.map(
    (m, i) => runs.reduce((sum, run) => sum + (run[i] - m) ** 2, 0) / steps,
  );
  return { mean, variance };
}

/** Brute force over all masks of 4 weights and a bias: the variance of each pre-activation. */
function enumerated(rate: number): Float64Array {
  return Float64Array.from({ length: 6 }, (_, at) => {
    const [example, unit] = [Math.floor(at / 2), at % 2];
    let [mean, square] = [0, 0];
    for (let bits = 0; bits < 32; bits++) {
      let [value, probability] = [0, 1];
      for (let i = 0; i < 5; i++) {
        const term = i < 4 ? x.data[example * 4 + i] * w.data[i * 2 + unit] : b.data[unit];
        const kept = ((bits >> i) & 1) === 1;
        value += kept ? term / (1 - rate) : 0;
        probability *= kept ? 1 - rate : rate;
      }
      mean += probability * value;
      square += probability * value ** 2;
    }
    return square - mean ** 2;
  });
}

describe("DropConnect", () => {
  test("per batch the examples share a mask, per example they do not", () => {
    // Examples 0 and 2 have the same input.
    const same = (per: "batch" | "example", step: number): boolean => {
      const { data } = dense(dropConnect({ rate: 0.5, per }), { ...training, step });
      return data[0] === data[4] && data[1] === data[5];
    };
    const steps = Array.from({ length: 20 }, (_, step) => step);
    expect(steps.every((step) => same("batch", step))).toBe(true);
    expect(steps.every((step) => same("example", step))).toBe(false);
  });

  test.each(["batch", "example"] as const)("per %s, the mean over training is inference", (per) => {
    const steps = 4000;
    const { mean } = moments(dropConnect({ rate: 0.5, per }), steps);
    const inferred = dense(dropConnect({ rate: 0.5, per }), { ...training, training: false }).data;
    const variance = enumerated(0.5);
    for (let i = 0; i < 6; i++) {
      // 5 standard errors.
      const bound = 5 * Math.sqrt(variance[i] / steps);
      expect(Math.abs(mean[i] - inferred[i])).toBeLessThanOrEqual(bound);
    }
  });
});

describe("DropConnect, Gaussian inference", () => {
  const variant = dropConnect({ rate: 0.25, samples: 5 });
  const infer = variant.parts[2].infer;
  const { rate, keep, gain } = rateScalars(0.25);
  const leaves = { x, w, b, rate: scalar(rate), keep: scalar(keep), gain: scalar(gain) };
  const at = (z: number): Float64Array =>
    evaluate(infer, arrays({ ...leaves, field: scalar(z) })).data;

  test("has the mean of the plain layer, and the variance of all masks, the bias's share in it", () => {
    const variance = enumerated(0.25);
    const [low, middle, high] = [at(-1), at(0), at(1)];
    const plain = arrays({}).ops.linear(x, w).data;
    for (let i = 0; i < 6; i++) {
      expect(middle[i]).toBeCloseTo(plain[i], 12);
      // gain is 1 / keep within a factor 1 + 2^-24.
      expect(((high[i] - low[i]) / 2) ** 2 / variance[i]).toBeCloseTo(1, 6);
    }
  });

  test("draws samples at inference only", () => {
    expect(dense(variant, training).shape).toEqual([3, 2]);
    expect(dense(variant, { ...training, training: false }).shape).toEqual([5, 3, 2]);
  });

  test("trains as DropConnect per example does", () => {
    expect(dense(variant, training)).toEqual(dense(dropConnect({ rate: 0.25 }), training));
  });
});

describe("variational weights (Kingma, Molchanov)", () => {
  const variant = sparseVariationalDropout();
  const logAlpha = array([4, 2], [-1, 0, -2, 0.5, -3, -1, 0, 1]);
  const learned = { "learned:logAlpha": logAlpha };

  test("training has the mean of the layer and the variance of its noisy weights", () => {
    const steps = 4000;
    const { mean, variance } = moments(variant, steps, learned);
    const inferred = dense(variant, { ...training, training: false }, learned).data;
    for (let at = 0; at < 6; at++) {
      const [example, unit] = [Math.floor(at / 2), at % 2];
      let expected = 1e-8;
      for (let i = 0; i < 4; i++) {
        const weight = Math.exp(logAlpha.data[i * 2 + unit]) * w.data[i * 2 + unit] ** 2;
        expected += weight * x.data[example * 4 + i] ** 2;
      }
      // Of normal draws, mean and variance have standard errors sigma / sqrt(n) and
      // sigma^2 sqrt(2 / n); 5 of them.
      expect(Math.abs(mean[at] - inferred[at])).toBeLessThanOrEqual(
        5 * Math.sqrt(expected / steps),
      );
      expect(Math.abs(variance[at] / expected - 1)).toBeLessThanOrEqual(5 * Math.sqrt(2 / steps));
    }
  });

  const penalty = (...values: readonly number[]): number =>
    evaluate(variant.penalty ?? 0, arrays({ "learned:logAlpha": array([values.length], values) }))
      .data[0];

  test.each([-8, -4, -2, -1, 0, 1, 2, 4, 8])(
    "its penalty is the divergence from the log-uniform prior, at log alpha %d",
    (value) => {
      // KL = E log|1 + sqrt(alpha) z| - log(alpha) / 2 + C, z ~ N(0, 1), by the midpoint rule; C makes
      // it 0 at infinity: E log|z| = -(Euler's gamma + log 2) / 2.
      const [half, count, root] = [9, 200_000, Math.exp(value / 2)];
      let expectation = 0;
      for (let i = 0; i < count; i++) {
        const z = ((i + 0.5) / count) * 2 * half - half;
        expectation += Math.log(Math.abs(1 + root * z)) * Math.exp((-z * z) / 2);
      }
      expectation *= (2 * half) / count / Math.sqrt(2 * Math.PI);
      const exact = expectation - value / 2 + (0.5772156649015329 + Math.LN2) / 2;
      // Molchanov et al. fit three constants; their fit is within 0.0085 on this range.
      expect(Math.abs(penalty(value) - exact)).toBeLessThanOrEqual(0.009);
    },
  );

  test("its penalty is a sum over weights", () => {
    expect(penalty(-1, 0, 2)).toBeCloseTo(penalty(-1) + penalty(0) + penalty(2), 12);
  });
});
