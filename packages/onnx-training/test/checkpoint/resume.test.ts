import { decodeModel, encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { setMetadata } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import {
  adam,
  adamW,
  binaryCrossEntropy,
  crossEntropy,
  l2,
  lion,
  type Optimizer,
  rmsProp,
  sgd,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { noisyMlp } from "../trainer/noisyMlp.js";
import { lossesOf, open, weightsOf } from "../trainer/trainNoisyMlp.js";
import { normalisedMlp } from "./normalisedMlp.js";

const loss = crossEntropy({ logits: "logits" });
const optimizer = adam({ learningRate: 0.05 });
const resume = (bytes: Uint8Array, options: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  Trainer.resume(ort, bytes, { loss, optimizer, ...options });

async function checkpointOf(
  options: Partial<TrainerOptions> = {},
  model: OnnxModel = noisyMlp(),
): Promise<Uint8Array> {
  const trainer = await open({ optimizer, ...options }, model);
  await lossesOf(trainer, 1);
  const bytes = await trainer.checkpoint();
  await trainer.dispose();
  return bytes;
}

interface Difference {
  readonly what: string;
  readonly recorded?: Partial<TrainerOptions>;
  readonly given?: Partial<TrainerOptions>;
  readonly sentence: string;
}

const groups = (other: Optimizer): Partial<TrainerOptions> => ({
  groups: [{ weights: /bias/, optimizer: other }],
});

const differences: readonly Difference[] = [
  {
    what: "another kind of loss",
    given: { loss: binaryCrossEntropy({ logits: "logits" }) },
    sentence:
      'loss must be as in the checkpoint, {"name":"crossEntropy","logits":"logits","labels":"labels","labelSmoothing":0}, got {"name":"binaryCrossEntropy","logits":"logits","target":"target"}',
  },
  {
    what: "a loss with other options",
    given: { loss: crossEntropy({ logits: "logits", labelSmoothing: 0.1 }) },
    sentence:
      'loss must be as in the checkpoint, {"name":"crossEntropy","logits":"logits","labels":"labels","labelSmoothing":0}, got {"name":"crossEntropy","logits":"logits","labels":"labels","labelSmoothing":0.1}',
  },
  {
    what: "a penalty less",
    recorded: { penalties: [l2({ factor: 0.1, weights: /weight/ })] },
    sentence:
      'penalties must be as in the checkpoint, {"name":"l2","factor":0.1,"weights":"/weight/"}, got none',
  },
  {
    what: "other parameters",
    given: { weights: /fc2/ },
    sentence:
      "parameters must be as in the checkpoint, fc1.weight [8, 4] in group 0, got fc2.weight [3, 8] in group 0",
  },
  {
    what: "other groups",
    given: groups(optimizer),
    sentence:
      "parameters must be as in the checkpoint, fc1.bias [8] in group 0, got fc2.weight [3, 8] in group 0",
  },
  {
    what: "another kind of optimizer",
    given: { optimizer: rmsProp({ learningRate: 0.05 }) },
    sentence:
      'optimizer must be as in the checkpoint, adam {"beta1":0.9,"beta2":0.999,"epsilon":1e-8}, got rmsProp {"rho":0.9,"momentum":0,"epsilon":1e-8}',
  },
  {
    what: "another hyperparameter, of a group",
    recorded: groups(lion({ learningRate: 0.01 })),
    given: groups(lion({ learningRate: 0.01, beta1: 0.8 })),
    sentence:
      'optimizer must be as in the checkpoint, lion {"beta1":0.9,"beta2":0.99,"weightDecay":0}, got lion {"beta1":0.8,"beta2":0.99,"weightDecay":0}',
  },
  {
    what: "another weight decay",
    recorded: { optimizer: adamW({ learningRate: 0.05 }) },
    given: { optimizer: adamW({ learningRate: 0.05, weightDecay: 0 }) },
    sentence:
      'optimizer must be as in the checkpoint, adamW {"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"weightDecay":0.01}, got adamW {"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"weightDecay":0}',
  },
  {
    what: "another state of an optimizer of one's own",
    recorded: { optimizer: { ...sgd({ learningRate: 1, momentum: 0.5 }), settings: {} } },
    given: { optimizer: { ...sgd({ learningRate: 1 }), settings: {} } },
    sentence: "optimizer state must be as in the checkpoint, velocity, got none",
  },
  {
    what: "another clipping",
    recorded: { clip: { norm: 1 } },
    given: { clip: { norm: 2, value: 1 } },
    sentence: 'clip must be as in the checkpoint, {"norm":1}, got {"value":1,"norm":2}',
  },
  {
    what: "another limit of max-norm",
    recorded: { maxNorm: { limit: 1, weights: ["fc1.weight"] } },
    given: { maxNorm: { limit: 2, weights: ["fc1.weight"] } },
    sentence:
      "maxNorm must be as in the checkpoint, 1 of fc1.weight over axes 1, got 2 of fc1.weight over axes 1",
  },
  {
    what: "max-norm that was not",
    given: { maxNorm: { limit: 1, weights: ["fc2.weight"], axes: [0] } },
    sentence: "maxNorm must be as in the checkpoint, none, got 1 of fc2.weight over axes 0",
  },
  {
    what: "another accumulation",
    given: { accumulate: 2 },
    sentence: "accumulate must be as in the checkpoint, 1, got 2",
  },
];

describe("Trainer.resume: what must be as it was", () => {
  test.each(differences)("$what is an error", async ({ recorded, given = {}, sentence }) => {
    const bytes = await checkpointOf(recorded);
    await expect(resume(bytes, given)).rejects.toThrow(`Trainer.resume: ${sentence}`);
    await (await resume(bytes, recorded)).dispose();
  });

  test("another mode of BatchNormalization is an error where the model has one", async () => {
    const bytes = await checkpointOf({}, normalisedMlp());
    await expect(resume(bytes, { batchNorm: "running" })).rejects.toThrow(
      "Trainer.resume: batchNorm must be as in the checkpoint, batch, got running",
    );
    await (await resume(await checkpointOf(), { batchNorm: "running" })).dispose();
  });
});

describe("Trainer.resume: what may change", () => {
  test("the same said otherwise: defaults, and a pattern for names", async () => {
    const names = ["fc1.weight", "fc2.weight"];
    const bytes = await checkpointOf({ maxNorm: { limit: 1, weights: names } });
    const resumed = await resume(bytes, {
      loss: crossEntropy({ logits: "logits", labels: "labels", labelSmoothing: 0 }),
      optimizer: adam({ learningRate: 0.05, beta1: 0.9 }),
      weights: /fc/,
      maxNorm: { limit: 1, weights: /weight/ },
      accumulate: 1,
      clip: {},
    });
    await resumed.dispose();
  });

  test("recomputation: losses are those of the run without it, to the bit", async () => {
    const bytes = await checkpointOf();
    const [plain, again] = [await resume(bytes), await resume(bytes, { recompute: "auto" })];
    expect(await lossesOf(again, 3)).toEqual(await lossesOf(plain, 3));
    await plain.dispose();
    await again.dispose();
  });

  test("learning rates and dropout rates: the next step is by the new ones", async () => {
    const bytes = await checkpointOf();
    const still = await resume(bytes, { optimizer: adam({ learningRate: 0 }), rates: () => 0 });
    const [first, second] = await lossesOf(still, 2);
    expect(second).toBe(first);
    expect(weightsOf(await still.exportModel())["fc1.weight"]).toEqual(
      weightsOf(decodeModel(bytes))["fc1.weight"],
    );
    await still.dispose();
  });
});

describe("Trainer.resume: files", () => {
  test("no checkpoint, or not a whole one, is an error", async () => {
    const bytes = await checkpointOf();
    await expect(resume(encodeModel(noisyMlp()))).rejects.toThrow(
      "Trainer.resume: checkpoint must be a file of Trainer.checkpoint, got a model with no record of a training",
    );
    const broken = decodeModel(bytes);
    setMetadata(broken, "dropoutkit.training", "{}");
    await expect(resume(encodeModel(broken))).rejects.toThrow("got a model with the record {}");
    const cut = decodeModel(bytes);
    cut.graph.initializer = cut.graph.initializer.filter(({ name }) => name !== "training.0.m");
    await expect(resume(encodeModel(cut))).rejects.toThrow(
      "Trainer.resume: checkpoint must hold training.0.m as float32, got none",
    );
  });
});
