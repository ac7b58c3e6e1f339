import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import {
  adam,
  crossEntropy,
  lion,
  rmsProp,
  sgd,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { batch, noisyMlp } from "../trainer/noisyMlp.js";
import { lossesOf, open, weightsOf } from "../trainer/trainNoisyMlp.js";
import { normalisedMlp } from "./normalisedMlp.js";

const loss = crossEntropy({ logits: "logits" });
const resume = (bytes: Uint8Array, options: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  Trainer.resume(ort, bytes, { loss, optimizer: sgd({ learningRate: 0.5 }), ...options });

const trainings: readonly (readonly [string, Partial<TrainerOptions>, OnnxModel])[] = [
  ["sgd", { optimizer: sgd({ learningRate: (step) => 0.5 / (1 + step) }) }, noisyMlp()],
  [
    "adam, masks drawn in the graph",
    { optimizer: adam({ learningRate: 0.05 }) },
    noisyMlp("graph"),
  ],
  [
    "groups, clipping, accumulation and rates",
    {
      optimizer: rmsProp({ learningRate: 0.01, momentum: 0.5 }),
      groups: [{ weights: /bias/, optimizer: lion({ learningRate: 0.01 }) }],
      clip: { norm: 1 },
      accumulate: 2,
      rates: (step) => 0.5 / (1 + step),
    },
    noisyMlp(),
  ],
  ["batch normalisation", { optimizer: adam({ learningRate: 0.05 }) }, normalisedMlp()],
];

describe("Trainer.checkpoint and resume", () => {
  test.each(trainings)(
    "%s: the steps after it are those that would have followed, to the bit",
    async (_, options, model) => {
      const whole = await open({ ...options, seed: 7 }, model);
      await lossesOf(whole, 3);
      const bytes = await whole.checkpoint();
      const resumed = await resume(bytes, options);
      expect([resumed.steps, resumed.updates]).toEqual([whole.steps, whole.updates]);
      expect(await resumed.checkpoint()).toEqual(bytes);
      expect(await lossesOf(resumed, 4)).toEqual(await lossesOf(whole, 4));
      const [a, b] = [await resumed.exportModel(), await whole.exportModel()];
      expect(encodeModel(a)).toEqual(encodeModel(b));
      await whole.dispose();
      await resumed.dispose();
    },
  );

  test("it is a model that runs, and the export of one that is resumed is clean", async () => {
    const trainer = await open({ optimizer: adam({ learningRate: 0.05 }) });
    await lossesOf(trainer, 2);
    const bytes = await trainer.checkpoint();
    const session = await ort.InferenceSession.create(bytes);
    await session.release();
    const resumed = await resume(bytes, { optimizer: adam({ learningRate: 0.05 }) });
    const exported = await resumed.exportModel();
    expect(encodeModel(exported)).toEqual(encodeModel(await trainer.exportModel()));
    expect(exported.metadataProps).toEqual([]);
    await trainer.dispose();
    await resumed.dispose();
  });

  test("running statistics move towards those of the batches, and are in the export", async () => {
    const [moving, still] = [
      await open({}, normalisedMlp()),
      await open({ batchNorm: "running" }, normalisedMlp()),
    ];
    for (const trainer of [moving, still]) await lossesOf(trainer, 3);
    const before = weightsOf(normalisedMlp());
    const [moved, kept] = [
      weightsOf(await moving.exportModel()),
      weightsOf(await still.exportModel()),
    ];
    for (const name of ["mean", "variance"]) {
      expect(moved[name]).not.toEqual(before[name]);
      expect(kept[name]).toEqual(before[name]);
    }
    expect(moved.scale).not.toEqual(before.scale);
    // Of gradients that are only computed, too: the batch was seen.
    await moving.gradients(batch());
    expect(weightsOf(await moving.exportModel()).mean).not.toEqual(moved.mean);
    // And of a part of a batch, whose gradients wait.
    const parts = await open({ accumulate: 2 }, normalisedMlp());
    await lossesOf(parts, 1);
    const { mean, scale } = weightsOf(await parts.exportModel());
    expect(mean).not.toEqual(before.mean);
    expect(scale).toEqual(before.scale);
    for (const trainer of [moving, still, parts]) await trainer.dispose();
  });
});
