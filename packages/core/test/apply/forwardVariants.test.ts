import { describe, expect, test } from "vitest";
import { evaluatePart } from "../../src/adapter.js";
import {
  alphaDropout,
  backward,
  concreteDropout,
  dropBlock,
  dropConnect,
  featureAlphaDropout,
  forward,
  gaussianDropout,
  spatialDropout,
  stochasticDepth,
  type Variant,
  variationalDropout,
  zoneout,
} from "../../src/index.js";

const options = { seed: 3, site: "conv", step: 1, training: true, shape: [3, 6, 5, 4] };
const x = Float32Array.from({ length: 360 }, (_, i) => (i - 180) / 7);

/** Every variant of activations alone; each would meet a kernel of its own in one pass, or its formula. */
const variants: readonly Variant[] = [
  spatialDropout({ rate: 0.3, channels: "last" }),
  spatialDropout({ rate: 0.3, channels: "first" }),
  stochasticDepth({ rate: 0.5 }),
  stochasticDepth({ rate: 0.5, per: "batch" }),
  alphaDropout({ rate: 0.3 }),
  alphaDropout({ rate: 0.3, noiseShape: [null, 1] }),
  featureAlphaDropout({ rate: 0.3, channels: "last" }),
  gaussianDropout({ rate: 0.3 }),
  dropBlock({ rate: 0.3, blockSize: 3, channels: "last" }),
  dropBlock({ rate: 0.3, blockSize: 2, channels: "first" }),
  concreteDropout(),
];
const rows = variants.map((variant, i) => [`${variant.name} (${i})`, variant] as const);

/** The part run by its formula in float32, on what `forward` takes. */
function formula(variant: Variant, data: Float32Array, change: { training?: boolean } = {}) {
  const logit = variant.learned?.logit.init ?? 0;
  const leaves = { x: { shape: options.shape, data }, "learned:logit": logit };
  return evaluatePart(variant.parts[0], { ...options, ...change, leaves });
}

describe.each(rows)("forward and backward: %s", (_, variant) => {
  test("forward has the bits of the formula, in training and at inference", () => {
    expect(forward(variant, x, options)).toEqual(formula(variant, x).value.data);
    const inference = { ...options, training: false };
    expect(forward(variant, x, inference)).toEqual(x);
    expect(backward(variant, x, inference)).toEqual(x);
  });

  test("backward has the bits of the formula's gradient", () => {
    const dy = { shape: options.shape, data: x.map((v) => 1 - v) };
    const [dx] = formula(variant, x).gradients(dy, ["x"]);
    expect(backward(variant, dy.data, options)).toEqual(dx.data);
  });

  test("works in place, and draws anew at another step", () => {
    for (const run of [forward, backward]) {
      const result = run(variant, x, options);
      const values = x.slice();
      expect(run(variant, values, options, values)).toBe(values);
      expect(values).toEqual(result);
      const others = [2, 3, 4, 5, 6, 7, 8, 9].map((step) => run(variant, x, { ...options, step }));
      expect(others.some((other) => other.join() !== result.join())).toBe(true);
    }
  });

  test("takes an empty batch", () => {
    const empty = { ...options, shape: [0, 6, 5, 4] };
    for (const run of [forward, backward]) {
      expect(run(variant, new Float32Array(0), empty)).toEqual(new Float32Array(0));
    }
  });
});

const selecting = rows.filter(([, { parts }]) => parts[0].field.draw === "bernoulli");

test.each(selecting)(
  "%s: NaN and Inf in a dropped place vanish, from forward and backward",
  (_, variant) => {
    const noise = forward(variant, new Float32Array(360), options);
    const scaled = forward(variant, new Float32Array(360).fill(1), options);
    const poisoned = x.map((v, i) => (noise[i] === scaled[i] ? Number.NaN : v));
    expect(poisoned.some(Number.isNaN)).toBe(true);
    expect(forward(variant, poisoned, options).some(Number.isNaN)).toBe(false);
    expect(backward(variant, poisoned, options).some(Number.isNaN)).toBe(false);
  },
);

test("forward: a rate at the call replaces the variant's, whatever is drawn", () => {
  const pairs: readonly (readonly [Variant, Variant])[] = [
    [alphaDropout({ rate: 0.1 }), alphaDropout({ rate: 0.6 })],
    [gaussianDropout({ rate: 0.1 }), gaussianDropout({ rate: 0.6 })],
    [
      dropBlock({ rate: 0.1, blockSize: 2, channels: "last" }),
      dropBlock({ rate: 0.6, blockSize: 2, channels: "last" }),
    ],
  ];
  for (const [variant, other] of pairs) {
    expect(forward(variant, x, { ...options, rate: 0.6 })).toEqual(forward(other, x, options));
    expect(forward(variant, x, { ...options, rate: 0 })).toEqual(x);
    expect(forward(variant, x, { ...options, rate: 1 }).map(Math.abs)).toEqual(
      new Float32Array(360),
    );
  }
});

test("forward: learned parameters have their start values unless they are given", () => {
  const start = concreteDropout({ initialRate: 0.4 });
  const logit = Math.log(0.4 / 0.6);
  const given = forward(concreteDropout(), x, { ...options, learned: { logit } });
  expect(given).toEqual(forward(start, x, options));
  expect(given).not.toEqual(forward(concreteDropout(), x, options));
  const tensor = { shape: [], data: Float32Array.of(logit) };
  expect(forward(concreteDropout(), x, { ...options, learned: { logit: tensor } })).toEqual(given);
});

test("gaussianDropout: noise has mean 1 and variance rate / keep", () => {
  const entries = 100_000;
  const ones = new Float32Array(entries).fill(1);
  for (const rate of [0.1, 0.5, 0.8]) {
    const y = forward(gaussianDropout({ rate }), ones, { ...options, shape: [entries] });
    const variance = rate / (1 - rate);
    const mean = y.reduce((sum, v) => sum + v, 0) / entries;
    const square = y.reduce((sum, v) => sum + (v - 1) ** 2, 0) / entries;
    // 5 standard errors: of the mean, and of a normal's variance.
    expect(Math.abs(mean - 1)).toBeLessThanOrEqual(5 * Math.sqrt(variance / entries));
    expect(Math.abs(square / variance - 1)).toBeLessThanOrEqual(5 * Math.sqrt(2 / entries));
  }
});

test.each([
  [dropConnect({ rate: 0.5 })],
  [variationalDropout({ inputRate: 0.1, stateRate: 0.1, outputRate: 0.1 })],
  [zoneout({ stateRate: 0.1, cellRate: 0.1 })],
])("forward: $name acts elsewhere than on activations, a TypeError", (variant) => {
  for (const run of [forward, backward]) {
    expect(() => run(variant, x, options)).toThrow(
      new TypeError(`${run.name}: variant must act on activations alone, got ${variant.name}`),
    );
  }
});
