import { drawMask } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { EmbeddingDropout, embeddingDropout, variationalRnn } from "../../src/index.js";

beforeAll(() => tf.setBackend("cpu"));

const embedding = (): tf.layers.Layer =>
  tf.layers.embedding({ inputDim: 9, outputDim: 3, maskZero: true });

test("embeddingDropout: a dropped word is gone wherever it stands, the others are doubled", () => {
  const layer = embeddingDropout({ layer: embedding(), rate: 0.5, seed: 7, site: "h" });
  const words = tf.tensor2d(
    [
      [1, 2, 3, 4, 1],
      [5, 6, 7, 8, 1],
    ],
    [2, 5],
    "int32",
  );
  const plain = layer.apply(words) as tf.Tensor;
  const mask = drawMask({ seed: 7, site: "h/kernel", step: 0, shape: [9, 1], rate: 0.5 });
  const kept = tf.gather(tf.tensor([...mask].map((bit) => 2 * bit)), words);
  const y = layer.apply(words, { training: true }) as tf.Tensor;
  // A product with 0 may be -0, which a selection never makes.
  const expected = [...tf.mul(plain, tf.expandDims(kept, 2)).dataSync()].map((value) => value + 0);
  expect([...y.dataSync()]).toEqual(expected);
});

test("embeddingDropout: passes the padding's mask on, trains, and its config makes an equal layer", async () => {
  const layer = embeddingDropout({ layer: embedding(), rate: 0.2, name: "words", inputShape: [4] });
  const model = tf.sequential({
    layers: [
      layer,
      variationalRnn({ cell: tf.layers.gruCell({ units: 4 }), stateRate: 0.2, site: "gru" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  const words = tf.tensor2d(
    [
      [1, 2, 0, 0],
      [5, 6, 7, 8],
    ],
    [2, 4],
  );
  const { history } = await model.fit(words, tf.ones([2, 1]), { epochs: 20, verbose: 0 });
  expect(Number(history["loss"].at(-1))).toBeLessThan(Number(history["loss"][0]));
  const config = layer.getConfig();
  expect(config["step"]).toBe(20);
  const copy = EmbeddingDropout.fromConfig(EmbeddingDropout, config).getConfig();
  expect([copy["rate"], copy["step"], copy["name"]]).toEqual([0.2, 20, "words"]);
  // Padding does not reach the state: other words behind the mask give the same.
  expect((layer.computeMask(words) as tf.Tensor).dataSync()).toEqual(
    Uint8Array.of(1, 1, 0, 0, 1, 1, 1, 1),
  );
});

test("embeddingDropout: refuses what is no embedding", () => {
  expect(() => embeddingDropout({ layer: tf.layers.dense({ units: 2 }), rate: 0.5 })).toThrow(
    new TypeError("embeddingDropout: layer must be an Embedding, got Dense"),
  );
});
