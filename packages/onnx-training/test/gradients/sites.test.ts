import {
  alphaDropout,
  backward,
  dropBlock,
  dropout,
  featureAlphaDropout,
  gaussianDropout,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
import { drawUniform, sizeOf } from "@dropoutkit/core/adapter";
import { insertDropout, maskFeeds, type OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo, type NoiseSource } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";

const dims = [4, 3, 5];
const key = { seed: 3, step: 5 };
const type = "float32";

/** `loss = Σ dropout(x) · dy`, with the noise of a variant at the site "site". */
function noisyModel(variant: Variant, noise: NoiseSource): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Identity", ["x"], { name: "site", outputs: ["h"] });
  builder.op("Mul", ["h", "dy"], { outputs: ["product"] });
  builder.op("ReduceSum", ["product"], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const model = builder.model({
    name: "site",
    inputs: ["x", "dy"].map((name) => makeValueInfo(name, { type, dims })),
    outputs: [makeValueInfo("loss", { type, dims: [] })],
    opset: 18,
  });
  const noisy = insertDropout(model, { variant, after: { opType: "Identity" }, noise });
  return gradientModel(noisy, { loss: "loss", withRespectTo: ["x"] });
}

/** The gradient of a noisy model by `x`, which is infinite where core drops it, and core's gradient. */
async function gradientOf(variant: Variant, noise: NoiseSource) {
  const model = noisyModel(variant, noise);
  const run = await openModel(model);
  const dy = drawUniform({ seed: 1, site: "dy", step: 0, shape: dims });
  const expected = backward(variant, dy, { ...key, site: "site", shape: dims, training: true });
  const x = new Float32Array(sizeOf(dims)).map((_, i) => (expected[i] === 0 ? Infinity : i));
  const results = await run({
    ...maskFeeds(model, key),
    x: { type, data: x, dims },
    dy: { type, data: dy, dims },
  });
  const [loss] = numbersOf(results.loss);
  return { gradient: numbersOf(results["x.grad"]), expected, loss };
}

const variants = [
  dropout({ rate: 0.4 }),
  dropout({ rate: 0.4, noiseShape: [4, 1, 5] }),
  dropout({ rate: 1 }),
  spatialDropout({ rate: 0.4, channels: "last" }),
  spatialDropout({ rate: 0.4, channels: "first" }),
  stochasticDepth({ rate: 0.4 }),
  alphaDropout({ rate: 0.4 }),
  featureAlphaDropout({ rate: 0.4, channels: "last" }),
  dropBlock({ rate: 0.4, blockSize: 2, channels: "last" }),
];
const sources = ["feeds", "graph"] as const;

test.each(
  variants.flatMap((variant) => sources.map((noise) => [variant.name, noise, variant] as const)),
)(
  "%s, noise from %s: the gradient is core's, of the forward pass's own mask, and exactly 0 where an infinity was dropped",
  async (_name, noise, variant) => {
    const { gradient, expected, loss } = await gradientOf(variant, noise);
    expect(gradient).toEqual(Array.from(expected));
    expect(Number.isFinite(loss)).toBe(true);
  },
);

test.each(sources)(
  "gaussianDropout, noise from %s: the gradient is core's within the contract's error of normals",
  async (noise) => {
    const variant = gaussianDropout({ rate: 0.4 });
    const { gradient, expected } = await gradientOf(variant, noise);
    // |dy| < 1 times the spread sqrt(rate / keep) < 1 times a normal below 8 within 2^-18 of itself.
    expected.forEach((value, i) => {
      expect(Math.abs(gradient[i] - value)).toBeLessThanOrEqual(8 * 2 ** -18);
    });
  },
);
