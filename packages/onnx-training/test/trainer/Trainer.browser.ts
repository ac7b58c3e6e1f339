import * as ort from "onnxruntime-web/wasm";
import { expect, test } from "vitest";
import { adam, crossEntropy, Trainer } from "../../src/index.js";
import { batch, noisyMlp } from "./noisyMlp.js";

test("browser: a Trainer's loss falls, and one seed gives the same losses to the bit", async () => {
  const runs: number[][] = [];
  for (let run = 0; run < 2; run++) {
    const trainer = await Trainer.create(ort, noisyMlp(), {
      loss: crossEntropy({ logits: "logits" }),
      optimizer: adam({ learningRate: 0.05 }),
      seed: 7,
    });
    const before = (await trainer.evaluate(batch())).loss;
    const losses: number[] = [];
    for (let step = 0; step < 100; step++) losses.push((await trainer.step(batch())).loss);
    expect((await trainer.evaluate(batch())).loss).toBeLessThan(before / 2);
    runs.push(losses);
    await trainer.dispose();
  }
  expect(runs[1]).toEqual(runs[0]);
});
