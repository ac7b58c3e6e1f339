import {
  alphaDropout,
  backward,
  drawUniform,
  dropout,
  featureAlphaDropout,
  sizeOf,
  spatialDropout,
  stochasticDepth,
  type Variant,
} from "@dropoutkit/core";
import {
  GraphBuilder,
  insertDropout,
  makeValueInfo,
  maskFeeds,
  type NoiseSource,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { type Feed, openModel } from "../runModel.js";

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

const variants = [
  dropout({ rate: 0.4 }),
  dropout({ rate: 0.4, noiseShape: [4, 1, 5] }),
  dropout({ rate: 1 }),
  spatialDropout({ rate: 0.4 }),
  spatialDropout({ rate: 0.4, channels: "first" }),
  stochasticDepth({ rate: 0.4 }),
  alphaDropout({ rate: 0.4 }),
  featureAlphaDropout({ rate: 0.4 }),
];
const sources = ["feeds", "graph"] as const;

test.each(
  variants.flatMap((variant) => sources.map((noise) => [variant.name, noise, variant] as const)),
)(
  "%s, noise from %s: the gradient is core's, of the forward pass's own mask, and exactly 0 where an infinity was dropped",
  async (_name, noise, variant) => {
    const model = noisyModel(variant, noise);
    const run = await openModel(model);
    const dy = drawUniform({ seed: 1, site: "dy", step: 0, shape: dims });
    const expected = backward(variant, dy, { ...key, site: "site", shape: dims, training: true });
    const x = new Float32Array(sizeOf(dims)).map((_, i) => (expected[i] === 0 ? Infinity : i));
    const feeds: Record<string, Feed> = {
      ...maskFeeds(model, key),
      x: { type, data: x, dims },
      dy: { type, data: dy, dims },
    };
    const results = await run(feeds);
    expect(results["x.grad"].data).toEqual(expected);
    expect(Number.isFinite(results.loss.data[0])).toBe(true);
  },
);
