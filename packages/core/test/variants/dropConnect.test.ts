import { describe, expect, test } from "vitest";
import { drawNormal, drawUniform, evaluatePart, type Tensor } from "../../src/adapter.js";
import { dropConnect } from "../../src/index.js";

const key = { seed: 4, site: "dense", step: 0 };
const [inputs, outputs] = [150, 4];
const tensor = (shape: readonly number[], data: Float32Array, scale: number): Tensor => ({
  shape,
  data: Float64Array.from(data, (v) => v * scale),
});
const x = tensor([1, inputs], drawUniform({ ...key, site: "x", shape: [inputs] }), 1);
const w = tensor(
  [inputs, outputs],
  drawNormal({ ...key, site: "w", shape: [inputs * outputs] }),
  0.2,
);
const b = tensor([outputs], drawNormal({ ...key, site: "b", shape: [outputs] }), 0.5);

/** Mean over the samples of f(pre-activation), and its variance, for each unit. */
function moments(rows: readonly ArrayLike<number>[], f: (v: number) => number) {
  return Array.from({ length: outputs }, (_, unit) => {
    const values = rows.map((row) => f(row[unit]));
    const mean = values.reduce((sum, v) => sum + v, 0) / rows.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows.length;
    return { mean, variance };
  });
}

describe("dropConnect: Gaussian inference against brute force over masks", () => {
  const count = 20_000;
  const rate = 0.5;
  const { parts } = dropConnect({ rate, samples: count });
  const [kernel, bias, linear] = parts;

  // Masks that owe nothing to the Bernoulli fields: uniforms below the rate drop.
  const sampled = Array.from({ length: count }, (_, step) => {
    const u = drawUniform({ seed: 77, site: "brute", step, shape: [(inputs + 1) * outputs] });
    return Float64Array.from({ length: outputs }, (_, unit) => {
      let total = u[inputs * outputs + unit] < rate ? 0 : b.data[unit] / (1 - rate);
      for (let i = 0; i < inputs; i++) {
        const at = i * outputs + unit;
        if (u[at] >= rate) total += (x.data[i] * w.data[at]) / (1 - rate);
      }
      return total;
    });
  });
  const { value } = evaluatePart(linear, { ...key, leaves: { x, w, b }, training: false });
  const inferred = Array.from({ length: count }, (_, sample) =>
    Float64Array.from(b.data, (shift, unit) => value.data[sample * outputs + unit] + shift),
  );

  test("pre-activations have the mean and the variance of the masked layer's", () => {
    expect(value.shape).toEqual([count, 1, outputs]);
    const exact = moments(sampled, (v) => v);
    moments(inferred, (v) => v).forEach(({ mean, variance }, unit) => {
      const expected = exact[unit];
      // Both sides are samples: sqrt(2) times the standard error, 5 of them. Sums of 151 two-valued
      // terms have a smaller fourth moment than normals, so 2 / n bounds both relative variances.
      const error = Math.sqrt((2 * expected.variance) / count);
      expect(Math.abs(mean - expected.mean)).toBeLessThanOrEqual(5 * error);
      expect(Math.abs(variance / expected.variance - 1)).toBeLessThanOrEqual(
        5 * Math.sqrt(2 * (2 / count)),
      );
    });
  });

  test("so has the mean after a ReLU, which inference averages", () => {
    const relu = (v: number): number => Math.max(v, 0);
    const exact = moments(sampled, relu);
    moments(inferred, relu).forEach(({ mean, variance }, unit) => {
      // Sampling, as above; and the normal approximation. A term is +-t about its mean, so without
      // skewness, and Edgeworth's series leads with |kappa4| / (24 sigma^3) times at most phi(0) = 0.4,
      // where kappa4 = -2 sum t^4 and sigma^2 = sum t^2; twice that for what follows.
      const terms = Array.from(x.data, (v, i) => v * w.data[i * outputs + unit]);
      const [second, fourth] = [2, 4].map((power) =>
        [...terms, b.data[unit]].reduce((sum, t) => sum + t ** power, 0),
      );
      const normality = (2 * 0.4 * 2 * fourth) / (24 * second ** 1.5);
      const error = Math.sqrt((2 * variance) / count);
      expect(Math.abs(mean - exact[unit].mean)).toBeLessThanOrEqual(5 * error + normality);
    });
  });

  test("training masks kernel and bias, each example's its own", () => {
    const run = (part: typeof kernel, leaf: Tensor): Tensor =>
      evaluatePart(part, { ...key, leaves: { x: leaf }, training: true, batch: 3 }).value;
    expect(run(kernel, w).shape).toEqual([3, inputs, outputs]);
    expect(run(bias, b).shape).toEqual([3, outputs]);
    const examples = [0, 1, 2].map((i) =>
      run(kernel, w)
        .data.slice(i * 600, i * 600 + 600)
        .join(),
    );
    expect(new Set(examples).size).toBe(3);
  });
});
