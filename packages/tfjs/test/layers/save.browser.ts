/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { layers } from "./layers.js";

beforeAll(async () => {
  expect(await tf.setBackend("webgl")).toBe(true);
});

test.each(Object.keys(layers))(
  "webgl: a %s that IndexedDB kept draws the next step's noise",
  async (name) => {
    const { make, shape, input } = layers[name];
    const model = tf.sequential({ layers: [make({ name: "l", inputShape: shape.slice(1) })] });
    const x = input();
    for (let i = 0; i < 2; i++) model.apply(x, { training: true });
    const place = `indexeddb://dropoutkit-${name}`;
    await model.save(place);
    const loaded = await tf.loadLayersModel(place);
    await tf.io.removeModel(place);
    const [next, expected] = [loaded, model].map(
      (it) => it.apply(x, { training: true }) as tf.Tensor,
    );
    expect(await next.data()).toEqual(await expected.data());
  },
);
