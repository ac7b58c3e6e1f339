import { dropout as dropoutVariant } from "@dropoutkit/core";
import { encodeModel, insertDropout, maskFeeds } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { dropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { drawDigits } from "../../src/data/drawDigits.js";
import { networkFor } from "../../src/experiment/networks/Network.js";
import {
  lossDifference,
  measureParity,
  PARITY_LEARNING_RATE,
} from "../../src/experiment/parity.js";

const SEED = 7;
const RATE = 0.5;
const SHAPE = [64, 256];
const STEPS = 3;
/** For a machine with other work. */
const SLOW = 120_000;

/** The masks of a tfjs layer's first training calls: what it makes of ones. */
async function tfjsMasks(site: string): Promise<Float32Array[]> {
  await tf.setBackend("wasm");
  const layer = dropout({ name: site, rate: RATE, seed: SEED });
  return Array.from({ length: STEPS }, () =>
    tf.tidy(() => {
      const y = layer.apply(tf.ones(SHAPE), { training: true });
      if (!(y instanceof tf.Tensor)) throw new Error("layer must give one tensor");
      return Float32Array.from(y.dataSync());
    }),
  );
}

/** The same of a site in an ONNX model. */
async function onnxMasks(site: string, noise: "feeds" | "graph"): Promise<Float32Array[]> {
  const builder = new GraphBuilder();
  builder.op("Identity", ["x"], { name: site, outputs: ["y"] });
  const value = { type: "float32", dims: ["batch", SHAPE[1]] } as const;
  const clean = builder.model({
    name: "ones",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
  const variant = dropoutVariant({ rate: RATE });
  const model = insertDropout(clean, { variant, after: { tensor: "y" }, noise });
  const session = await ort.InferenceSession.create(encodeModel(model));
  const ones = new ort.Tensor("float32", new Float32Array(SHAPE[0] * SHAPE[1]).fill(1), SHAPE);
  const masks: Float32Array[] = [];
  for (let step = 0; step < STEPS; step++) {
    const feeds: Record<string, ort.Tensor> = { x: ones };
    const noiseFeeds = maskFeeds(model, { seed: SEED, step, dims: { batch: SHAPE[0] } });
    for (const [name, { type, data, dims }] of Object.entries(noiseFeeds)) {
      feeds[name] = new ort.Tensor(type, data, dims);
    }
    masks.push(Float32Array.from((await session.run(feeds)).y.data as Float32Array));
  }
  await session.release();
  return masks;
}

describe("parity of tfjs and onnxruntime-web", () => {
  test.each(["dropout1", "dropout2"])(
    "masks of %s: equal to the bit at every step",
    async (site) => {
      const expected = await tfjsMasks(site);
      expect(await onnxMasks(site, "feeds")).toEqual(expected);
      expect(await onnxMasks(site, "graph")).toEqual(expected);
      expect(expected[1]).not.toEqual(expected[0]);
    },
  );

  const mlp = networkFor("mlp", {});
  const cnn = networkFor("cnn", {});
  test.each([
    { network: mlp, variant: "dropout", rates: [RATE, 0.3], inputRate: 0.2 },
    { network: mlp, variant: "gaussian-dropout", rates: [0.2, 0.2], inputRate: 0 },
    {
      network: networkFor("mlp", { activation: "selu" }),
      variant: "alpha-dropout",
      rates: [0.2, 0.1],
      inputRate: 0,
    },
    { network: mlp, variant: "drop-connect", rates: [0.3, 0.3], inputRate: 0 },
    { network: mlp, variant: "concrete-dropout", rates: [0.2, 0.1], inputRate: 0 },
    { network: cnn, variant: "spatial-dropout", rates: [0.3, 0.3], inputRate: 0 },
    { network: cnn, variant: "drop-block", rates: [0.3, 0.3], inputRate: 0 },
  ] as const)(
    "losses of 100 steps of $network.id with $variant: within 1e-3",
    { timeout: SLOW },
    async ({ network, ...noise }) => {
      const digits = drawDigits({ train: 2000, validation: 1 });
      // The bound that the project promises; rounding alone gives 1e-6, units that land on the other
      // side of their kink up to some 1e-4 at this learning rate.
      const difference = await measureParity({
        digits,
        arm: { network, noise },
        recipe: {
          // A convolution's gradient takes tfjs a while on wasm.
          batch: network.id === "mlp" ? 64 : 8,
          seed: SEED,
          learningRate: PARITY_LEARNING_RATE,
          maxNorm: network.id === "mlp" ? 1 : undefined,
        },
        pause: async () => {},
      });
      expect(difference).toBeLessThan(1e-3);
      expect(difference).toBeGreaterThan(0);
    },
  );
});

test("lossDifference: the largest relative difference", () => {
  expect(lossDifference([1, 2.02, 3], [1, 2, 3])).toBeCloseTo(0.01, 12);
});
