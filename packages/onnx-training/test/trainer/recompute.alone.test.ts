import { expect, test } from "vitest";
import { adam, type Recompute, Trainer } from "../../src/index.js";
import { BATCH, deep, MEGABYTE, WIDTH, watchMemory } from "../recompute/deep.js";

interface Trained {
  readonly losses: readonly number[];
  /** By how much the runtime's memory grew, in megabytes. */
  readonly growth: number;
}

test("Trainer, recompute: the losses without it, to the bit, in less than half of the memory", async () => {
  const size = watchMemory();
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const { model } = deep();
  const train = async (recompute?: Recompute): Promise<Trained> => {
    const optimizer = adam({ learningRate: 1e-3 });
    const trainer = await Trainer.create(ort, model, { loss: "loss", optimizer, recompute });
    const before = size();
    const x = new ort.Tensor("float32", new Float32Array(BATCH * WIDTH).fill(0.5), [BATCH, WIDTH]);
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) losses.push((await trainer.step({ x })).loss);
    await trainer.dispose();
    return { losses, growth: (size() - before) / MEGABYTE };
  };
  // The memory only grows: the smaller run comes first.
  const again = await train("auto");
  const plain = await train();
  expect(again.losses).toEqual(plain.losses);
  expect(new Set(plain.losses).size).toBe(3);
  // 64 activations of 1 MB; about 17 of them with checkpoints, and 6 MB of state, in and out.
  expect(again.growth).toBeLessThan(32);
  expect(again.growth + plain.growth).toBeGreaterThan(64);
});
