import { encodeModel } from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { crossEntropy, sgd, Trainer } from "../../src/index.js";
import { batch, mlp, noisyMlp } from "./noisyMlp.js";
import { open } from "./trainNoisyMlp.js";

/** Options and calls that do not fit; for data and models see badInput.test.ts. */

describe("Trainer: options", () => {
  test("a seed that is no word", async () => {
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) {
      await expect(open({ seed })).rejects.toThrow(
        new RangeError(`Trainer: seed must be an integer in [0, 2^32), got ${seed}`),
      );
    }
  });

  test("bytes that are no model", async () => {
    const options = {
      loss: crossEntropy({ logits: "logits" }),
      optimizer: sgd({ learningRate: 1 }),
    };
    await expect(Trainer.create(ort, new Uint8Array(), options)).rejects.toThrow(
      "Trainer: model must be an ONNX model with a graph, got none",
    );
  });

  test("rates for a model without dropout", async () => {
    await expect(open({ rates: () => 0.5 }, mlp())).rejects.toThrow(
      "Trainer: model must have a site with a rate, got none",
    );
  });

  test("a rate outside [0, 1] at a step leaves the state as it was", async () => {
    const trainer = await open({ rates: () => 1.5 }, noisyMlp());
    await expect(trainer.gradients({})).rejects.toThrow(
      "Trainer.gradients: feeds must be x, labels",
    );
    await expect(trainer.step(batch())).rejects.toThrow("must be in [0, 1], got 1.5");
    expect(trainer.steps).toBe(0);
    await trainer.dispose();
  });
});

describe("Trainer: calls", () => {
  test("a call before the last one has ended", async () => {
    const trainer = await open();
    const first = trainer.step(batch());
    await expect(trainer.step(batch())).rejects.toThrow(
      "Trainer.step: the last call must have ended, got another",
    );
    await first;
    expect(trainer.steps).toBe(1);
    await trainer.dispose();
  });

  test("after dispose, which may be called twice", async () => {
    const trainer = await open();
    await trainer.evaluate(batch());
    await trainer.dispose();
    await trainer.dispose();
    await expect(trainer.step(batch())).rejects.toThrow(
      "Trainer.step: trainer must be open, got a disposed one",
    );
    await expect(trainer.evaluate(batch())).rejects.toThrow(
      "Trainer.evaluate: trainer must be open, got a disposed one",
    );
    expect(encodeModel(await trainer.exportModel())).toEqual(encodeModel(mlp()));
  });
});

test("Trainer.nodesOnCpu: none where the CPU is all that the session has", async () => {
  const trainer = await open({ session: { executionProviders: ["wasm"] } });
  expect(await trainer.nodesOnCpu()).toEqual([]);
  await trainer.dispose();
});
