import { describe, expect, test } from "vitest";
import {
  drawNormal,
  type Expr,
  evaluate,
  fieldShape,
  rateScalars,
  type Shape,
} from "../../src/adapter.js";
import {
  alphaDropout,
  concreteDropout,
  dropBlock,
  dropout,
  featureAlphaDropout,
  forward,
  gaussianDropout,
  spatialDropout,
  stochasticDepth,
} from "../../src/index.js";
import { array, arrays, scalar } from "./arrays.js";
import { runPart } from "./runPart.js";
import { at } from "./variants.js";

const training = { seed: 5, site: "layer", step: 0, training: true };
const mean = (values: Float64Array): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

test("standard: the algebra computes what forward's fused kernel does", () => {
  const variant = dropout({ rate: 0.3, noiseShape: [null, 1] });
  const x = Float32Array.from({ length: 600 }, (_, i) => i / 7 - 40);
  const shape = [100, 6];
  const { data } = runPart(variant.parts[0], shape, { x: array(shape, x) }, training);
  expect(Float32Array.from(data)).toEqual(forward(variant, x, { ...training, shape }));
});

test.each<[string, "first" | "last", Shape, Shape]>([
  ["1D", "last", [2, 9, 3], [2, 1, 3]],
  ["2D", "last", [2, 9, 8, 3], [2, 1, 1, 3]],
  ["3D", "last", [2, 9, 8, 7, 3], [2, 1, 1, 1, 3]],
  ["1D", "first", [2, 3, 9], [2, 3, 1]],
  ["2D", "first", [2, 3, 9, 8], [2, 3, 1, 1]],
  ["3D", "first", [2, 3, 9, 8, 7], [2, 3, 1, 1, 1]],
])("spatial %s, channels %s: one draw for each map of %j", (_, channels, target, field) => {
  expect(
    fieldShape("fieldShape", spatialDropout({ rate: 0.5, channels }).parts[0].field, target),
  ).toEqual(field);
});

test("stochastic depth: one draw for each example, or for the batch, and at any rank", () => {
  const [example] = stochasticDepth({ rate: 0.5 }).parts;
  const [batch] = stochasticDepth({ rate: 0.5, per: "batch" }).parts;
  expect(fieldShape("fieldShape", example.field, [8, 4, 4, 3])).toEqual([8, 1, 1, 1]);
  expect(fieldShape("fieldShape", example.field, [8])).toEqual([8]);
  expect(fieldShape("fieldShape", batch.field, [8, 4, 4, 3])).toEqual([1, 1, 1, 1]);
});

describe("alpha", () => {
  /** Kept and dropped values at a rate, for x = 0 and 1. */
  const outcomes = (
    rate: number,
    expr: Expr,
  ): { shift: number; scale: number; dropped: number } => {
    const value = (x: number, field: number): number =>
      evaluate(at(rate, expr), arrays({ x: scalar(x), field: scalar(field) })).data[0];
    return { shift: value(0, 1), scale: value(1, 1) - value(0, 1), dropped: value(0, 0) };
  };

  test.each([2 ** -16, 0.05, 0.5, 0.9, 1 - 2 ** -16])(
    "keeps mean 0 and variance 1 of N(0, 1) exactly, at rate %d",
    (requested) => {
      const { rate, keep } = rateScalars(requested);
      const { shift, scale, dropped } = outcomes(
        requested,
        alphaDropout({ rate: requested }).parts[0].train,
      );
      // a cancels in the mean: rounding of float64 alone, of terms up to 1.
      expect(Math.abs(keep * shift + rate * dropped)).toBeLessThanOrEqual(2 ** -50);
      // a^2 is a multiple of gain, which is 1 / keep within a factor 1 + 2^-24.
      const variance = keep * (scale ** 2 + shift ** 2) + rate * dropped ** 2;
      expect(Math.abs(variance - 1)).toBeLessThanOrEqual(2 ** -23);
    },
  );

  test.each([0.05, 0.1, 0.2, 0.3, 0.4, 0.5])(
    "keeps mean and variance of a sample within its standard errors, at rate %d",
    (requested) => {
      const shape = [100_000];
      const x = array(shape, drawNormal({ ...training, site: "x", shape }));
      const [part] = alphaDropout({ rate: requested }).parts;
      const y = runPart(part, shape, { x }, training).data;
      const { shift, scale, dropped } = outcomes(requested, part.train);
      const { rate, keep } = rateScalars(requested);
      // Fourth moment of shift + scale z: shift^4 + 6 shift^2 scale^2 + 3 scale^4. 5 standard errors.
      const fourth =
        keep * (shift ** 4 + 6 * shift ** 2 * scale ** 2 + 3 * scale ** 4) + rate * dropped ** 4;
      expect(Math.abs(mean(y))).toBeLessThanOrEqual(5 / Math.sqrt(shape[0]));
      expect(Math.abs(mean(y.map((v) => v * v)) - 1)).toBeLessThanOrEqual(
        5 * Math.sqrt((fourth - 1) / shape[0]),
      );
    },
  );

  test("feature alpha draws one field a map", () => {
    expect(
      fieldShape(
        "fieldShape",
        featureAlphaDropout({ rate: 0.5, channels: "last" }).parts[0].field,
        [2, 9, 9, 3],
      ),
    ).toEqual([2, 1, 1, 3]);
  });
});

test("DropBlock: keeps the sum, for its gain is entries / kept entries", () => {
  const shape = [10, 8, 8, 2];
  const ones = array(shape, new Float64Array(1280).fill(1));
  const y = runPart(
    dropBlock({ rate: 0.2, blockSize: 3, channels: "last" }).parts[0],
    shape,
    { x: ones },
    training,
  ).data;
  // The gain is rounded to float32; float64 sums of 1280 terms add less than 1e-12.
  expect(Math.abs(mean(y) - 1)).toBeLessThanOrEqual(2 ** -24 + 1e-12);
});

describe("Gaussian", () => {
  test.each([0.1, 0.5, 0.9])(
    "noise of size z changes x by the factor 1 + z sqrt(rate / keep), rate %d",
    (rate) => {
      const { train } = gaussianDropout({ rate }).parts[0];
      const y = (z: number): number =>
        evaluate(at(rate, train), arrays({ x: scalar(3), field: scalar(z) })).data[0];
      const quantised = rateScalars(rate);
      const s = Math.sqrt(quantised.rate / quantised.keep);
      // gain is 1 / keep within a factor 1 + 2^-24.
      expect(Math.abs(y(0) / 3 - 1)).toBeLessThanOrEqual(2 ** -24);
      expect(Math.abs((y(1) - y(-1)) / 6 / s - 1)).toBeLessThanOrEqual(2 ** -24);
    },
  );
});

describe("concrete", () => {
  const temperature = 0.1;
  const variant = concreteDropout({
    initialRate: 0.2,
    temperature,
    weightRegularizer: 0.01,
    dropoutRegularizer: 2,
  });
  const [part] = variant.parts;
  const logit = Math.log(0.2 / 0.8);
  const run = (u: number): number =>
    evaluate(part.train, arrays({ x: scalar(1), field: scalar(u), "learned:logit": scalar(logit) }))
      .data[0];

  test("starts at its initial rate, and half drops x where u is 1 - rate", () => {
    expect(variant.learned).toEqual({ logit: { init: logit, like: "scalar", range: [-10, 10] } });
    expect(run(0.8)).toBeCloseTo(0.5 / 0.8, 12);
  });

  test("is Gal et al.'s relaxation of a Bernoulli draw", () => {
    for (const u of [0.001, 0.3, 0.79, 0.81, 0.999]) {
      const p = 0.2;
      const z =
        1 /
        (1 +
          Math.exp(-(Math.log(p) - Math.log(1 - p) + Math.log(u) - Math.log(1 - u)) / temperature));
      expect(run(u)).toBeCloseTo((1 - z) / (1 - p), 12);
    }
  });

  test("drops its rate's share of a field", () => {
    const shape = [50_000];
    const x = array(shape, new Float64Array(shape[0]).fill(1));
    const y = runPart(part, shape, { x, "learned:logit": scalar(logit) }, training).data;
    const dropped = mean(y.map((value) => (value < 0.5 / 0.8 ? 1 : 0)));
    // A binomial share; 5 standard errors.
    expect(Math.abs(dropped - 0.2)).toBeLessThanOrEqual(5 * Math.sqrt((0.2 * 0.8) / shape[0]));
  });

  test("its penalty is weights squared over keep, less features times the entropy", () => {
    const w = array([3, 2], [1, -2, 3, 0.5, 0, -1]);
    const leaves = { w, features: scalar(3), "learned:logit": scalar(logit) };
    const penalty = evaluate(variant.penalty ?? 0, arrays(leaves)).data[0];
    const squares = 1 + 4 + 9 + 0.25 + 1;
    const entropy = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.8));
    expect(penalty).toBeCloseTo((0.01 * squares) / 0.8 - 2 * 3 * entropy, 12);
  });
});
