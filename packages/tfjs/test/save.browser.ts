/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import {
  alphaDropout,
  dropConnect,
  dropout,
  gaussianDropout,
  spatialDropout1d,
  variationalRnn,
  zoneoutRnn,
} from "../src/index.js";

beforeAll(async () => {
  expect(await tf.setBackend("webgl")).toBe(true);
});

test("webgl: a model that IndexedDB kept draws the next step's noise", async () => {
  const noise = { rate: 0.5, seed: 3 };
  const rnn = { stateRate: 0.5, seed: 3, returnSequences: true };
  const model = tf.sequential({
    layers: [
      spatialDropout1d({ ...noise, name: "a", inputShape: [3, 4] }),
      variationalRnn({ ...rnn, cell: tf.layers.gruCell({ units: 4 }), name: "b" }),
      zoneoutRnn({ ...rnn, cell: tf.layers.lstmCell({ units: 4 }), name: "c" }),
      tf.layers.flatten(),
      dropConnect({ ...noise, layer: tf.layers.dense({ units: 6 }), name: "d" }),
      alphaDropout({ ...noise, name: "e" }),
      gaussianDropout({ ...noise, name: "f" }),
      dropout({ ...noise, name: "g" }),
    ],
  });
  const x = tf.randomNormal([5, 3, 4], 0, 1, "float32", 1);
  for (let i = 0; i < 2; i++) model.apply(x, { training: true });
  const place = "indexeddb://dropoutkit-save-test";
  await model.save(place);
  const loaded = await tf.loadLayersModel(place);
  await tf.io.removeModel(place);
  const [next, expected] = [loaded, model].map(
    (it) => it.apply(x, { training: true }) as tf.Tensor,
  );
  expect(await next.data()).toEqual(await expected.data());
});
