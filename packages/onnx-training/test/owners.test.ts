import { concreteDropout, dropout } from "@dropoutkit/core";
import type { OnnxModel } from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import * as api from "../src/index.js";
import { batch, mlp, noisyMlp } from "./trainer/noisyMlp.js";
import { open } from "./trainer/trainNoisyMlp.js";

const { adam, crossEntropy, meanSquaredError, sgd, Trainer } = api;
const good = { loss: crossEntropy({ logits: "logits" }), optimizer: sgd({ learningRate: 0.1 }) };
const old = (): OnnxModel => {
  const model = mlp();
  model.opsetImport[0].version = 6n;
  return model;
};
const noModels = [undefined, {}, new Uint8Array(7), "model.onnx"];
const rates: unknown[][] = [[], [{}], [{ learningRate: -1 }], [{ learningRate: "0.1" }]];

/** Losses and penalties are checked where they meet the model. */
const onAdd = (loss: unknown): unknown =>
  Reflect.apply(Reflect.get(Object(loss), "addTo"), loss, [mlp()]);

/** Calls with bad input, of every function of the entry; a loss meets a model in a second step. */
const calls: Readonly<Record<string, unknown[][]>> = {
  adagrad: [...rates, [{ learningRate: 0.1, epsilon: 0 }]],
  adam: [...rates, [{ learningRate: 0.1, beta1: 1 }], [{ learningRate: 0.1, epsilon: -1 }]],
  adamW: [...rates, [{ learningRate: 0.1, weightDecay: -1 }]],
  lion: [...rates, [{ learningRate: 0.1, beta1: 2 }]],
  rmsProp: [...rates, [{ learningRate: 0.1, rho: 1 }]],
  sgd: [...rates, [{ learningRate: 0.1, momentum: 1 }]],
  binaryCrossEntropy: [[], [{ logits: "other" }], [{ logits: "logits", target: "x" }]],
  crossEntropy: [[], [{ logits: "other" }], [{ logits: "logits", labelSmoothing: 2 }]],
  huber: [[], [{ prediction: "other" }], [{ prediction: "logits", delta: 0 }]],
  klDivergence: [[], [{ logits: "other" }]],
  meanAbsoluteError: [[], [{ prediction: "other" }]],
  meanSquaredError: [[], [{ prediction: "other" }], [{ prediction: "logits", target: "x" }]],
  l2: [[], [{ factor: -1, weights: /./ }], [{ factor: 0.1, weights: ["none"] }]],
  variantPenalty: [
    [],
    [{ variant: dropout({ rate: 0.5 }), tensors: {} }],
    [{ variant: concreteDropout(), tensors: { w: "none" } }],
  ],
  gradientModel: [
    ...noModels.map((model) => [model, { loss: "loss", withRespectTo: [] }]),
    [mlp()],
    [mlp(), { loss: "other", withRespectTo: ["fc1.weight"] }],
    [mlp(), { loss: "logits", withRespectTo: ["fc1.weight"] }],
    [mlp(), { loss: good.loss, withRespectTo: ["none"] }],
    [mlp(), { loss: meanSquaredError({ prediction: "relu" }), withRespectTo: ["fc2.weight"] }],
    [mlp(), { loss: good.loss, withRespectTo: ["fc1.weight"], recompute: ["none"] }],
    [old(), { loss: meanSquaredError({ prediction: "logits" }), withRespectTo: ["fc1.weight"] }],
  ],
};

test("every function of the entry is in the table", () => {
  const functions = Object.entries(api).filter(([, value]) => typeof value === "function");
  expect([...Object.keys(calls), "Trainer"].sort()).toEqual(functions.map(([name]) => name).sort());
});

const names = (owner: string): RegExp => new RegExp(`^${owner}(\\.\\w+)?: [^\\n]+, got [^\\n]+$`);

describe.each(Object.entries(calls))("%s: bad input", (name, rows) => {
  test.each(rows.map((row, i) => [i, row] as const))("%i is an error that names it", (_, row) => {
    const run = (): unknown => {
      const made = Reflect.apply(Reflect.get(api, name), undefined, row);
      return typeof Reflect.get(Object(made), "addTo") === "function" ? onAdd(made) : made;
    };
    expect(run).toThrow(names(name));
  });
});

const options: readonly unknown[] = [
  undefined,
  { ...good, seed: -1 },
  { ...good, weights: ["none"] },
  { ...good, accumulate: 0 },
  { ...good, clip: { value: -1 } },
  { ...good, groups: [{ weights: ["none"], optimizer: adam({ learningRate: 0.1 }) }] },
  { ...good, maxNorm: { limit: 0, weights: /weight/ } },
  { ...good, maxNorm: { limit: 1, weights: ["none"] } },
  { ...good, rates: () => 0.5 },
  { ...good, dims: { batch: -1 } },
  { ...good, recompute: ["none"] },
];

describe("Trainer.create: bad input", () => {
  test.each(noModels)("model %j is an error that names it", async (model) => {
    const create = Reflect.apply(Trainer.create, Trainer, [ort, model, good]);
    await expect(create).rejects.toThrow(names("Trainer"));
  });

  test.each(options.map((item, i) => [i, item] as const))("options %i", async (_, item) => {
    const create = Reflect.apply(Trainer.create, Trainer, [ort, mlp(), item]);
    await expect(create).rejects.toThrow(names("Trainer"));
  });
});

test.each([...noModels, noisyMlp()])("Trainer.resume: what is no checkpoint", async (model) => {
  const resume = Reflect.apply(Trainer.resume, Trainer, [ort, model, good]);
  await expect(resume).rejects.toThrow(names("Trainer"));
});

test("methods of a trainer name themselves", async () => {
  const trainer = await open();
  const bad: readonly (readonly [string, readonly unknown[]])[] = [
    ["step", [{}]],
    ["step", [{ ...batch(), other: batch().x }]],
    ["step", [{ x: batch().labels, labels: batch().labels }]],
    ["gradients", [{}]],
    ["evaluate", [{}]],
    ["apply", [{}]],
    ["apply", [{ other: batch().x }]],
    ["fit", [{ epochs: 0, batches: () => [] }]],
  ];
  for (const [method, args] of bad) {
    const call = async (): Promise<unknown> =>
      Reflect.apply(Reflect.get(trainer, method), trainer, args);
    await expect(call(), method).rejects.toThrow(
      new RegExp(`^Trainer\\.${method}: [^\\n]+, got [^\\n]+$`),
    );
  }
  await trainer.dispose();
});
