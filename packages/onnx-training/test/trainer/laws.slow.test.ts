import { decodeModel, encodeModel } from "@dropoutkit/onnx";
import { valueInfoOf } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { adam, crossEntropy, l2, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";
import { batch } from "./noisyMlp.js";
import { trainedModels } from "./trainedModels.js";
import { lossesOf, open, weightsOf } from "./trainNoisyMlp.js";

const optimizer = adam({ learningRate: 0.05 });

/** The options whose steps differ from plain ones, or take other ways. */
const ways: Readonly<Record<string, Partial<TrainerOptions>>> = {
  plainly: {},
  "with accumulate": { accumulate: 2 },
  "with accumulate and recompute": { accumulate: 2, recompute: "auto" },
  "with clip, maxNorm and groups": {
    clip: { value: 0.1, norm: 0.1 },
    maxNorm: { limit: 2, weights: ["fc2.weight"], axes: [1] },
    groups: [{ weights: /bias/, optimizer: sgd({ learningRate: 0.1 }) }],
  },
  "with chosen weights and rates": { weights: /fc1/, rates: (step) => 0.5 / (1 + step) },
};

describe.each(Object.keys(trainedModels))("Trainer, %s", (name) => {
  const model = trainedModels[name];

  describe.each(Object.keys(ways))("%s", (way) => {
    const options = { optimizer, ...ways[way] };
    const resume = (file: Uint8Array): Promise<Trainer> =>
      Trainer.resume(ort, file, { loss: crossEntropy({ logits: "logits" }), ...options });

    test("the loss falls, all that is trained moves, and runs of one seed are equal to the bit, resumed too", async () => {
      const [trainer, twin] = [await open(options, model()), await open(options, model())];
      const before = weightsOf(await trainer.exportModel());
      const start = await trainer.evaluate(batch());
      const losses = await lossesOf(trainer, 15);
      expect(await lossesOf(twin, 5)).toEqual(losses.slice(0, 5));
      const resumed = await resume(await twin.checkpoint());
      expect(await lossesOf(resumed, 10)).toEqual(losses.slice(5));
      expect((await trainer.evaluate(batch())).loss).toBeLessThan(start.loss);
      const after = weightsOf(await trainer.exportModel());
      expect(weightsOf(await resumed.exportModel())).toEqual(after);
      for (const { name: parameter } of trainer.parameters) {
        expect(after[parameter], parameter).not.toEqual(before[parameter]);
      }
      for (const one of [trainer, twin, resumed]) await one.dispose();
    });

    test("gradients and apply are a step, to the bit", async () => {
      const apart = await open({ ...options, accumulate: 1 }, model());
      const whole = await open({ ...options, accumulate: 1 }, model());
      for (let step = 0; step < 3; step++) {
        const { loss, gradients } = await apart.gradients(batch());
        expect(loss).toBe((await whole.step(batch())).loss);
        await apart.apply(gradients);
      }
      expect(weightsOf(await apart.exportModel())).toEqual(weightsOf(await whole.exportModel()));
      for (const one of [apart, whole]) await one.dispose();
    });

    test("fit takes these steps, and the export computes what evaluate does", async () => {
      const [trainer, twin] = [await open(options, model()), await open(options, model())];
      const data = [batch(), batch()];
      const { epochs } = await trainer.fit({ data, validation: [batch()], epochs: 2 });
      const losses = await lossesOf(twin, 4);
      expect(epochs[1].loss).toBe((losses[2] + losses[3]) / 2);
      const { outputs, loss } = await trainer.evaluate(batch());
      expect(loss).toBe(epochs[1].validationLoss);
      const run = await openModel(decodeModel(encodeModel(await trainer.exportModel())));
      const { x } = batch();
      const feed = {
        type: "float32",
        data: Float32Array.from(numbersOf(x)),
        dims: x.dims,
      } as const;
      const { logits } = await run({ x: feed });
      expect(logits.data).toEqual(outputs.logits.data);
      for (const one of [trainer, twin]) await one.dispose();
    });
  });

  test("in a file of IR version 3, whose weights are inputs too, the losses are the same", async () => {
    const old = model();
    old.irVersion = 3n;
    for (const { name, dataType, dims } of old.graph.initializer) {
      old.graph.input.push(valueInfoOf(name, { dataType, dims: dims.map(Number) }));
    }
    const all = {
      optimizer,
      accumulate: 2,
      clip: { norm: 0.1 },
      penalties: [l2({ factor: 0.01, weights: /fc/ })],
    };
    const [now, then] = [await open(all, model()), await open(all, old)];
    expect(await lossesOf(then, 4)).toEqual(await lossesOf(now, 4));
    for (const one of [now, then]) await one.dispose();
  });

  test("recompute changes no number where the runtime fuses nothing", async () => {
    const session = { graphOptimizationLevel: "basic" } as const;
    const plain = await open({ optimizer, session }, model());
    const again = await open({ optimizer, session, recompute: "auto" }, model());
    expect(await lossesOf(again, 4)).toEqual(await lossesOf(plain, 4));
    for (const one of [plain, again]) await one.dispose();
  });
});
