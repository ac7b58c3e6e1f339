import { dropConnect as dropConnectVariant } from "@dropoutkit/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeModel, insertDropConnect, maskFeeds, stripDropout } from "../../src/index.js";
import { float32, runModel } from "../runtime/runModel.js";
import { batch, type Case, rate, seed, step, termsOf } from "../weights/cases.js";
import { inputOf, noisyWeights } from "../weights/coreWeights.js";
import { exampleOf, layerModel, runWithWeights } from "../weights/layers.js";

const size = fc.integer({ min: 1, max: 5 });

const dense: fc.Arbitrary<Case> = fc
  .record({
    inputs: size,
    units: size,
    transA: fc.constantFrom(0, 1),
    transB: fc.constantFrom(0, 1),
    alpha: fc.constantFrom(1, 0.5, 2),
    beta: fc.constantFrom(1, 0.25),
    bias: fc.constantFrom("none", "units", "row"),
  })
  .map(({ inputs, units, transA, transB, alpha, beta, bias }): Case => {
    const b = bias === "row" ? [1, units] : [units];
    return {
      opType: "Gemm",
      inputs: bias === "none" ? ["x", "w"] : ["x", "w", "b"],
      weights: {
        w: transB === 1 ? [units, inputs] : [inputs, units],
        ...(bias !== "none" && { b }),
      },
      x: transA === 1 ? [inputs, "batch"] : ["batch", inputs],
      outputRank: 2,
      attributes: { transA, transB, alpha: { float: alpha }, beta: { float: beta } },
      places: {
        w: { at: "kernel", order: transB === 1 ? [1, 0] : [0, 1] },
        b: { at: "bias", order: b.map((_, axis) => axis) },
      },
    };
  });

const convolution: fc.Arbitrary<Case> = fc
  .record({
    opType: fc.constantFrom("Conv", "ConvTranspose"),
    space: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 2 }),
    features: fc.integer({ min: 1, max: 2 }),
    window: fc.integer({ min: 1, max: 2 }),
    stride: fc.integer({ min: 1, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    pad: fc.integer({ min: 0, max: 1 }),
    isNamed: fc.boolean(),
    hasBias: fc.boolean(),
  })
  .map(({ opType, space, group, channels, features, hasBias, ...rest }): Case => {
    const repeat = (value: number, times = space): number[] => new Array(times).fill(value);
    const rows = opType === "Conv" ? [features * group, channels] : [channels * group, features];
    return {
      opType,
      inputs: hasBias ? ["x", "w", "b"] : ["x", "w"],
      weights: {
        w: [...rows, ...repeat(rest.window)],
        ...(hasBias && { b: [features * group] }),
      },
      x: [rest.isNamed ? "batch" : batch, channels * group, ...repeat(4)],
      outputRank: space + 2,
      attributes: {
        group,
        strides: repeat(rest.stride),
        dilations: repeat(rest.dilation),
        pads: repeat(Math.min(rest.pad, rest.window - 1), 2 * space),
      },
      places: {
        w: { at: "kernel", order: [...repeat(0).map((_, axis) => axis + 2), 1, 0] },
        b: { at: "bias", order: [0] },
      },
    };
  });

test.each([
  ["Gemm", dense],
  ["convolutions", convolution],
])(
  "dropConnect per example, %s of any shape: each example meets core's weights",
  async (_, cases) => {
    await fc.assert(
      fc.asyncProperty(cases, async (layer) => {
        const model = layerModel(layer);
        const noisy = insertDropConnect(model, { rate, nodes: { name: "layer" } });
        expect(Buffer.compare(encodeModel(stripDropout(noisy)), encodeModel(model))).toBe(0);
        const transposed = layer.x[1] === "batch";
        const x = inputOf(layer);
        const feeds = maskFeeds(noisy, { seed, step, dims: { batch } });
        const { y } = await runModel(noisy, { x, ...feeds }, "disabled");
        const single = layerModel({
          ...layer,
          x: layer.x.map((dim) => (dim === batch ? "batch" : dim)),
        });
        // Column i of a transposed input; the sums have products of numbers in [-1, 1], by alpha at most 2.
        const values = Array.from(x.data, Number);
        const columns = { ...x, dims: [x.dims[0], 1] };
        const bound = 2 * (termsOf(layer) + 3) * 2 ** -24 * 2 * (termsOf(layer) + 1);
        const weights = noisyWeights(model, layer, dropConnectVariant({ rate }));
        for (const [i, own] of weights.entries()) {
          const mine = values.filter((_value, at) => at % batch === i);
          const example = transposed ? float32(columns.dims, mine) : exampleOf(x, i);
          const expected = await runWithWeights(single, example, own);
          expected.forEach((value, at) => {
            const difference = Math.abs(value - Number(y.data[i * expected.length + at]));
            // Survivors are scaled by the gain.
            expect(difference).toBeLessThanOrEqual(bound / (1 - rate));
          });
        }
      }),
      { numRuns: 25 },
    );
  },
);
