import {
  alphaDropout,
  dropBlock,
  dropout,
  featureAlphaDropout,
  forward,
  gaussianDropout,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
import { sizeOf } from "@dropoutkit/core/adapter";
import { describe, expect, test } from "vitest";
import { type Dim, GraphBuilder, makeValueInfo, type NoiseSource } from "../../src/graph.js";
import { insertDropout, maskFeeds, type OnnxModel } from "../../src/index.js";
import { bitsOf, float32, runModel } from "../runtime/runModel.js";

/** `y = x` in opset 18. */
function identity(dims: readonly Dim[], type: "float32" | "float64" = "float32"): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Identity", ["x"], { outputs: ["y"] });
  return builder.model({
    name: "identity",
    inputs: [makeValueInfo("x", { type, dims })],
    outputs: [makeValueInfo("y", { type, dims })],
    opset: 18,
  });
}

interface Run {
  readonly variant: Variant;
  readonly dims: readonly Dim[];
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly noise: NoiseSource;
  readonly optimization: "disabled" | "all";
  readonly site: string;
  readonly seed: number;
  readonly step: number;
}

async function runNoisy(run: Run): Promise<Float32Array> {
  const { variant, noise, site, seed, step, shape } = run;
  const model = insertDropout(identity(run.dims), {
    variant,
    after: { tensor: "x" },
    site: () => site,
    noise,
  });
  const named = run.dims.flatMap((dim, axis) =>
    typeof dim === "string" ? [[dim, shape[axis]]] : [],
  );
  const feeds = maskFeeds(model, { seed, step, dims: Object.fromEntries(named) });
  const { y } = await runModel(model, { ...feeds, x: float32(shape, run.x) }, run.optimization);
  expect(y.dims).toEqual(shape);
  if (!(y.data instanceof Float32Array)) throw new TypeError("y must be float32");
  return y.data;
}

/**
 * Values of both signs and many sizes, with the smallest denormal, the largest float and infinity
 * among them. No -0: onnxruntime's Where gives 0 where it picks -0.
 */
function valuesOf(shape: readonly number[]): Float32Array {
  const special = [0, 2 ** -149, -3.4028234663852886e38, Number.POSITIVE_INFINITY];
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    i < special.length ? special[i] : Math.fround(Math.sin(i + 1) * 2 ** ((i % 40) - 20)),
  );
}

const sources = ["feeds", "graph"] as const;
const levels = ["disabled", "all"] as const;

describe.each(sources)("noise from %s: to the bit what core's forward computes", (noise) => {
  describe.each(levels)("at graph optimisation %s", (optimization) => {
    test.each([
      { dims: [7], shape: [7] },
      { dims: [256], shape: [256] },
      { dims: ["batch", 100], shape: [3, 100] },
      { dims: ["batch", "rows", 5], shape: [2, 13, 5] },
      { dims: [1, 257], shape: [1, 257] },
      { dims: ["batch", 3], shape: [0, 3] },
      { dims: [], shape: [] },
      { dims: ["batch", 6, 5], shape: [4, 6, 5], noiseShape: [null, 1, 5] },
      { dims: ["batch", 6, 5], shape: [4, 6, 5], noiseShape: [6, 1] },
      { dims: ["batch", 6, 5], shape: [4, 6, 5], noiseShape: [4, 6, 1] },
      { dims: [4, 6, 5], shape: [4, 6, 5], noiseShape: [5] },
    ])(
      "dims $dims of shape $shape, noise shape $noiseShape",
      async ({ dims, shape, noiseShape }) => {
        const variant = dropout({ rate: 0.3, noiseShape });
        const key = { site: "größe/層", seed: 4294967295, step: 77 };
        const x = valuesOf(shape);
        const y = await runNoisy({ variant, dims, shape, x, noise, optimization, ...key });
        const expected = forward(variant, x, { shape, training: true, ...key });
        expect(bitsOf(y)).toEqual(bitsOf(expected));
      },
    );

    test.each([
      dropBlock({ rate: 0.3, blockSize: 2, channels: "last" }),
      dropBlock({ rate: 0.3, blockSize: 3, channels: "first" }),
      spatialDropout({ rate: 0.3, channels: "last" }),
      spatialDropout({ rate: 0.3, channels: "first" }),
      alphaDropout({ rate: 0.3 }),
      featureAlphaDropout({ rate: 0.3, channels: "last" }),
      stochasticDepth({ rate: 0.3 }),
    ])("variant $name", async (variant) => {
      const shape = [6, 5, 4, 3];
      const dims = ["batch", 5, 4, 3];
      const x = valuesOf(shape);
      const key = { site: "s", seed: 3, step: 8 };
      const y = await runNoisy({ variant, dims, shape, x, noise, optimization, ...key });
      expect(bitsOf(y)).toEqual(bitsOf(forward(variant, x, { shape, training: true, ...key })));
    });

    test.each([
      dropBlock({ rate: 0.2, blockSize: 2, channels: "last" }),
      dropBlock({ rate: 0.2, blockSize: 2, channels: "first" }),
      dropBlock({ rate: 0, blockSize: 2, channels: "last" }),
      dropBlock({ rate: 1, blockSize: 2, channels: "last" }),
    ])("variant $name in three dimensions of space", async (variant) => {
      const shape = [2, 3, 4, 3, 5];
      const x = valuesOf(shape);
      const key = { site: "s", seed: 3, step: 8 };
      const y = await runNoisy({ variant, dims: shape, shape, x, noise, optimization, ...key });
      expect(bitsOf(y)).toEqual(bitsOf(forward(variant, x, { shape, training: true, ...key })));
    });

    test("Gaussian dropout", async () => {
      const shape = [6, 50];
      const x = valuesOf(shape).map((value) => (Number.isFinite(value) ? value : 1));
      const key = { site: "s", seed: 3, step: 8 };
      const variant = gaussianDropout({ rate: 0.5 });
      const y = await runNoisy({
        variant,
        dims: ["batch", 50],
        shape,
        x,
        noise,
        optimization,
        ...key,
      });
      const expected = forward(variant, x, { shape, training: true, ...key });
      if (noise === "feeds") expect(bitsOf(y)).toEqual(bitsOf(expected));
      // The standard deviation is 1. Of z, |z| < 5.77, the graph and core may be 2^-18 max(1, |z|) apart, and the
      // sum and the product round by 2^-24 of a factor below 6.8 each.
      else {
        y.forEach((value, i) => {
          const bound = (5.77 * 2 ** -18 + 6.8 * 2 ** -22) * Math.abs(x[i]) + 2 ** -149;
          expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(bound);
        });
      }
    });

    test.each([0, 1, 2 ** -17, 2 ** -18, 0.5, 65535 / 65536])("rate %d", async (rate) => {
      const shape = [100, 77];
      const x = valuesOf(shape);
      for (const step of [0, 2 ** 32 - 1]) {
        const variant = dropout({ rate });
        const key = { site: "s", seed: 3, step };
        const y = await runNoisy({ variant, dims: shape, shape, x, noise, optimization, ...key });
        expect(bitsOf(y)).toEqual(bitsOf(forward(variant, x, { shape, training: true, ...key })));
      }
    });

    test("a kept NaN stays, a dropped NaN or infinity is 0", async () => {
      const variant = dropout({ rate: 0.5 });
      const key = { site: "s", seed: 5, step: 1 };
      const shape = [300];
      const ones = forward(variant, new Float32Array(300).fill(1), {
        shape,
        training: true,
        ...key,
      });
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const x = new Float32Array(300).fill(bad);
        const y = await runNoisy({ variant, dims: shape, shape, x, noise, optimization, ...key });
        expect(y).toEqual(ones.map((one) => (one === 0 ? 0 : bad)));
      }
    });
  });

  test("a variant that shares axes draws one mask along them", async () => {
    const plain = dropout({ rate: 0.4 });
    const [part] = plain.parts;
    const shared: Variant = {
      name: "shared",
      parts: [{ ...part, field: { ...part.field, shared: [[1, -2]] } }],
    };
    const shape = [3, 4, 5, 11];
    const key = { site: "s", seed: 1, step: 2 };
    const dims = ["batch", 4, "rows", 11];
    const x = valuesOf(shape);
    const y = await runNoisy({
      variant: shared,
      dims,
      shape,
      x,
      noise,
      optimization: "all",
      ...key,
    });
    const expected = forward(shared, x, { shape, training: true, ...key });
    expect(bitsOf(y)).toEqual(bitsOf(expected));
    expect(bitsOf(y)).not.toEqual(bitsOf(forward(plain, x, { shape, training: true, ...key })));
  });

  test("a float64 tensor is scaled in float64", async () => {
    const model = insertDropout(identity([100], "float64"), {
      variant: dropout({ rate: 0.3 }),
      after: { tensor: "x" },
      site: () => "s",
      noise,
    });
    const feeds = maskFeeds(model, { seed: 1, step: 0 });
    const data = Float64Array.from({ length: 100 }, (_, i) => i / 7);
    const { y } = await runModel(model, { ...feeds, x: { type: "float64", data, dims: [100] } });
    const key = { shape: [100], training: true, seed: 1, step: 0, site: "s" };
    const ones = forward(dropout({ rate: 0.3 }), new Float32Array(100).fill(1), key);
    expect(y.data).toEqual(data.map((value, i) => value * ones[i]));
  });
});
