import { drawUniform, dropout } from "@dropoutkit/core";
import {
  copyMessage,
  decodeModel,
  encodeModel,
  GraphBuilder,
  insertDropout,
  makeTensor,
  type OnnxModel,
  setMetadata,
} from "@dropoutkit/onnx";
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
import { batch, mlp, noisyMlp } from "../noisyMlp.js";
import { lossesOf, open, weightsOf } from "../training/trainNoisyMlp.js";

const loss = crossEntropy({ logits: "logits" });
const resume = (bytes: Uint8Array, options: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  Trainer.resume(ort, bytes, { loss, optimizer: sgd({ learningRate: 0.5 }), ...options });

/** The noisy MLP with a batch normalisation before its noise. */
function normalised(): OnnxModel {
  const model = mlp();
  const { graph } = model;
  const constant = (name: string, from: number): string => {
    const data = drawUniform({ seed: 1, site: name, step: 0, shape: [8] }).map((u) => u + from);
    graph.initializer.push(makeTensor({ name, type: "float32", dims: [8], data }));
    return name;
  };
  const builder = new GraphBuilder("", graph);
  const statistics = [constant("mean", 0), constant("variance", 1)];
  const inputs = ["fc1.normalised", constant("scale", 0.5), constant("shift", 0), ...statistics];
  builder.op("BatchNormalization", inputs, { name: "norm", outputs: ["norm"] });
  const at = graph.node.findIndex(({ opType }) => opType === "Relu");
  const [first] = graph.node;
  graph.node[0] = copyMessage(first, { output: ["fc1.normalised"] });
  graph.node[at] = copyMessage(graph.node[at], { input: ["norm"] });
  graph.node.splice(at, 0, ...builder.nodes);
  return insertDropout(model, { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" } });
}

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
      groups: [{ parameters: /bias/, optimizer: lion({ learningRate: 0.01 }) }],
      clip: { norm: 1 },
      accumulate: 2,
      rates: (step) => 0.5 / (1 + step),
    },
    noisyMlp(),
  ],
  ["batch normalisation", { optimizer: adam({ learningRate: 0.05 }) }, normalised()],
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
      await open({}, normalised()),
      await open({ batchNorm: "running" }, normalised()),
    ];
    for (const trainer of [moving, still]) await lossesOf(trainer, 3);
    const before = weightsOf(normalised());
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
    await moving.dispose();
    await still.dispose();
  });

  test("errors of resume", async () => {
    const trainer = await open({ optimizer: adam({ learningRate: 0.05 }) });
    const bytes = await trainer.checkpoint();
    const optimizer = adam({ learningRate: 0.05 });
    await expect(resume(encodeModel(noisyMlp()))).rejects.toThrow(
      "Trainer.resume: checkpoint must be a file of Trainer.checkpoint, got a model with no record of a training",
    );
    const broken = decodeModel(bytes);
    setMetadata(broken, "dropoutkit.training", "{}");
    await expect(resume(encodeModel(broken))).rejects.toThrow("got a model with the record {}");
    const cut = decodeModel(bytes);
    cut.graph.initializer = cut.graph.initializer.filter(({ name }) => name !== "training.0.m");
    await expect(resume(encodeModel(cut), { optimizer })).rejects.toThrow(
      "Trainer.resume: checkpoint must hold training.0.m as float32, got none",
    );
    await expect(resume(bytes, { optimizer, trainable: /fc2/ })).rejects.toThrow(
      "Trainer.resume: parameters must be those of the checkpoint, fc1.weight, fc1.bias, fc2.weight, fc2.bias, got fc2.weight, fc2.bias",
    );
    await expect(resume(bytes)).rejects.toThrow(
      "Trainer.resume: optimizers must be those of the checkpoint, adam, got sgd",
    );
    await expect(resume(bytes, { optimizer, accumulate: 2 })).rejects.toThrow(
      "Trainer.resume: accumulate must be those of the checkpoint, 1, got 2",
    );
    await trainer.dispose();
  });
});
