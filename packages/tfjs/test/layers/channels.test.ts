import { type Channels, forward, type Variant } from "@dropoutkit/core";
import { withChannels } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { spaceFactories } from "../../../core/test/variants/spaceFactories.js";
import { dropBlock2d, spatialDropout2d, spatialDropout3d } from "../../src/index.js";
import { NoiseLayer } from "../../src/layers/NoiseLayer.js";

class AnyVariant extends NoiseLayer {
  static readonly className = "AnyVariant";
  constructor(variant: Variant) {
    super({ rates: {}, variantOf: () => variant }, { name: "any", seed: 7 });
  }
}

const options = { rate: 0.5, blockSize: 2 };
const shape = [2, 6, 5, 4];
const x = Float32Array.from({ length: 240 }, (_, i) => i + 1);
const call = { shape, seed: 7, site: "any", step: 0, training: true };

describe.each(Object.entries(spaceFactories))("a layer of %s", (_, make) => {
  test.each<[Channels | undefined, Channels]>([
    [undefined, "last"],
    ["last", "last"],
    ["first", "first"],
  ])("channels %s: the mask of channels %s", (channels, expected) => {
    const layer = new AnyVariant(make({ ...options, ...(channels && { channels }) }));
    const y = layer.apply(tf.tensor(x, shape), { training: true }) as tf.Tensor;
    const other = expected === "last" ? "first" : "last";
    const drawn = (layout: Channels): Float32Array =>
      forward(make({ ...options, channels: layout }), x, call);
    expect(Float32Array.from(y.dataSync())).toEqual(drawn(expected));
    expect(drawn(expected)).not.toEqual(drawn(other));
  });

  test("its variant says its axes, for all that read it", () => {
    const { variant } = new AnyVariant(make(options));
    expect(withChannels(variant, "first")).toEqual(make({ ...options, channels: "last" }));
  });
});

test.each([spatialDropout2d, spatialDropout3d])("%o: without dataFormat, channels last", (make) => {
  const { variant } = make({ rate: 0.5 });
  expect(variant).toEqual(make({ rate: 0.5, dataFormat: "channelsLast" }).variant);
});

test("dropBlock2d: without dataFormat, channels last", () => {
  const { variant } = dropBlock2d(options);
  expect(variant).toEqual(dropBlock2d({ ...options, dataFormat: "channelsLast" }).variant);
});

test("dropBlock2d: blocks larger than the map are an error of the training call", () => {
  const layer = dropBlock2d({ rate: 0.5, blockSize: 4 });
  expect(() => layer.apply(tf.ones([1, 5, 3, 2]), { training: true })).toThrow(
    "block size must be an integer in [1, 3], got 4",
  );
});
