/// <reference lib="dom" />
import { tensorData } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web/webgpu";
import { expect, test } from "vitest";
import { adam, crossEntropy, Trainer, type TrainerOptions } from "../../src/index.js";
import { batch, noisyMlp } from "./noisyMlp.js";

const options: TrainerOptions = {
  loss: crossEntropy({ logits: "logits" }),
  optimizer: adam({ learningRate: 0.05 }),
  seed: 7,
};
const gpu: TrainerOptions = { ...options, session: { executionProviders: ["webgpu"] } };

test("webgpu: trains as wasm does, with its state on the GPU", async () => {
  const [trainer, wasm] = [
    await Trainer.create(ort, noisyMlp(), gpu),
    await Trainer.create(ort, noisyMlp(), {
      ...options,
      session: { executionProviders: ["wasm"] },
    }),
  ];
  for (let step = 0; step < 5; step++) {
    const [a, b] = [await trainer.step(batch()), await wasm.step(batch())];
    // Shaders round otherwise; Adam's steps of 0.05 carry a difference on.
    expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-3);
  }
  const [a, b] = [await trainer.evaluate(batch()), await wasm.evaluate(batch())];
  expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-3);
  await trainer.dispose();
  const [weight] = (await trainer.exportModel()).graph.initializer;
  const [other] = (await wasm.exportModel()).graph.initializer;
  const [values, expected] = [weight, other].map((tensor) => tensorData(tensor).data);
  Array.from(values, Number).forEach((value, i) => {
    expect(Math.abs(value - Number(expected[i]))).toBeLessThan(1e-2);
  });
  await wasm.dispose();
});

test("webgpu: early stopping, accumulation and a checkpoint keep and free the buffers that they must", async () => {
  const accumulated = { ...gpu, accumulate: 2 };
  const trainer = await Trainer.create(ort, noisyMlp(), accumulated);
  const data = [batch(), batch(), batch()];
  await trainer.fit({ data, validation: data, epochs: 2, earlyStopping: { patience: 1 } });
  const resumed = await Trainer.resume(ort, await trainer.checkpoint(), accumulated);
  for (let step = 0; step < 2; step++) {
    expect((await resumed.step(batch())).loss).toBe((await trainer.step(batch())).loss);
  }
  await trainer.apply((await trainer.gradients(batch())).gradients);
  await trainer.dispose();
  await resumed.dispose();
});
