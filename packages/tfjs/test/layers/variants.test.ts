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
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { NoiseLayer } from "../../src/layers/NoiseLayer.js";
import { backends } from "../backends/backends.js";

/** Any variant of activations as a layer: a NoiseLayer asks no variant for its name. */
class AnyVariant extends NoiseLayer {
  static readonly className = "AnyVariant";
  constructor(variant: Variant) {
    super({ rates: {}, variantOf: () => variant }, { name: "any", seed: 7 });
  }
}

const shape = [4, 6, 6, 5];
const x = Float32Array.from({ length: 4 * 6 * 6 * 5 }, (_, i) => Math.sin(i));

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test.each<[Variant]>([
    [dropout({ rate: 0.3 })],
    [spatialDropout({ rate: 0.3, channels: "last" })],
    [spatialDropout({ rate: 0.3, channels: "first" })],
    [alphaDropout({ rate: 0.3 })],
    [featureAlphaDropout({ rate: 0.3, channels: "last" })],
    [gaussianDropout({ rate: 0.3 })],
    [dropBlock({ rate: 0.3, blockSize: 3, channels: "last" })],
    [stochasticDepth({ rate: 0.3 })],
  ])("$name: the layer's output is core's to the bit, at each step", (variant) => {
    const layer = new AnyVariant(variant);
    for (let step = 0; step < 2; step++) {
      const y = layer.apply(tf.tensor(x, shape), { training: true }) as tf.Tensor;
      const call = { shape, seed: 7, site: "any", step, training: true };
      expect(Float32Array.from(y.dataSync())).toEqual(forward(variant, x, call));
    }
  });
});
