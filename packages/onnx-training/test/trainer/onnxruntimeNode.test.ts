import * as native from "onnxruntime-node";
import { expect, test } from "vitest";
import { adam, crossEntropy, type OrtLike, Trainer } from "../../src/index.js";
import { batch, noisyMlp } from "./noisyMlp.js";
import { open } from "./trainNoisyMlp.js";

const options = {
  loss: crossEntropy({ logits: "logits" }),
  optimizer: adam({ learningRate: 0.05 }),
  seed: 7,
};
const runtime: OrtLike = native;

test("onnxruntime-node: trains as onnxruntime-web does, and resumes to the bit", async () => {
  const trainer = await Trainer.create(runtime, noisyMlp(), options);
  const web = await open(options);
  for (let step = 0; step < 20; step++) {
    const [a, b] = [await trainer.step(batch()), await web.step(batch())];
    // Other kernels round sums in another order; Adam's steps of 0.05 carry a difference on.
    expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-4);
  }
  const resumed = await Trainer.resume(runtime, await trainer.checkpoint(), options);
  for (let step = 0; step < 5; step++) {
    expect((await resumed.step(batch())).loss).toBe((await trainer.step(batch())).loss);
  }
  const { loss } = await trainer.evaluate(batch());
  expect((await resumed.evaluate(batch())).loss).toBe(loss);
  for (const each of [trainer, web, resumed]) await each.dispose();
});
