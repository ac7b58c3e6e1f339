import {
  dropConnect as dropConnectVariant,
  embeddingDropout,
  recurrentDropConnect,
} from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { insertDropConnect, maskFeeds, type OnnxModel } from "../../src/index.js";
import { bitsOf, type Feed, float32, runModel } from "../runtime/runModel.js";
import {
  batch,
  type Case,
  layers,
  rate,
  recurrentLayers,
  seed,
  step,
  tables,
  termsOf,
} from "../weights/cases.js";
import { inputOf, noisyWeights } from "../weights/coreWeights.js";
import { exampleOf, layerModel, runWithWeights } from "../weights/layers.js";

const noises = ["feeds", "graph"] as const;
const levels = ["disabled", "basic", "extended", "all"] as const;

async function runNoisy(
  noisy: OnnxModel,
  layer: Case,
  level: (typeof levels)[number],
): Promise<Float32Array> {
  const feeds = maskFeeds(noisy, { seed, step, dims: { batch } });
  const { y } = await runModel(noisy, { x: inputOf(layer), ...feeds }, level);
  if (!(y.data instanceof Float32Array)) throw new TypeError("y must be float32");
  return y.data;
}

describe.each(noises)("dropConnect with noise from %s", (noise) => {
  test.each(Object.keys({ ...layers, ...recurrentLayers, ...tables }))(
    "%s, one mask a batch: to the bit the layer on core's weights, at every level",
    async (name) => {
      const layer = { ...layers, ...recurrentLayers, ...tables }[name];
      const model = layerModel(layer);
      const variant =
        name in recurrentLayers
          ? recurrentDropConnect({ rate })
          : name in tables
            ? embeddingDropout({ rate })
            : dropConnectVariant({ rate, per: "batch" });
      const noisy = insertDropConnect(model, {
        rate,
        nodes: { name: "layer" },
        per: "batch",
        noise,
      });
      const [weights] = noisyWeights(model, layer, variant);
      const expected = await runWithWeights(model, inputOf(layer), weights);
      expect(bitsOf(await runNoisy(noisy, layer, "disabled"))).toEqual(bitsOf(expected));
      for (const level of levels) {
        expect(bitsOf(await runNoisy(noisy, layer, level)), level).toEqual(bitsOf(expected));
      }
    },
  );

  test.each(Object.keys(layers))(
    "%s, a mask for each example: each example meets core's weights",
    async (name) => {
      const layer = layers[name];
      const model = layerModel(layer);
      const noisy = insertDropConnect(model, { rate, nodes: { name: "layer" }, noise });
      const weights = noisyWeights(model, layer, dropConnectVariant({ rate }));
      const x = inputOf(layer);
      const single = layerModel({ ...layer, x: ["batch", ...layer.x.slice(1)] });
      const absolute = (feed: Feed): Feed =>
        float32(feed.dims, Array.from(feed.data, Number).map(Math.abs));
      const expected: number[] = [];
      const magnitude: number[] = [];
      for (const [i, own] of weights.entries()) {
        expected.push(...(await runWithWeights(single, exampleOf(x, i), own)));
        const positive = Object.fromEntries(
          Object.entries(own).map(([key, feed]) => [key, absolute(feed)]),
        );
        magnitude.push(...(await runWithWeights(single, absolute(exampleOf(x, i)), positive)));
      }
      // Two sums of K products and a bias in any order, each within (K + 3)·2^-24 of the sum of magnitudes.
      const relative = 2 * (termsOf(layer) + 3) * 2 ** -24;
      for (const level of levels) {
        const y = await runNoisy(noisy, layer, level);
        expect(y).toHaveLength(expected.length);
        y.forEach((value, i) => {
          const bound = relative * magnitude[i];
          expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(bound);
        });
      }
    },
  );
});
