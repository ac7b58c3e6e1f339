import {
  copyMessage,
  decodeModel,
  encodeModel,
  type OnnxModel,
  tensorData,
} from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { adam, crossEntropy, type Feeds, sgd, Trainer, type TrainerOptions } from "../src/index.js";
import { batch, mlp, noisyMlp } from "./noisyMlp.js";
import { float32, int64, numbersOf, openModel } from "./runModel.js";

const create = (
  model: OnnxModel = noisyMlp(),
  options: Partial<TrainerOptions> = {},
): Promise<Trainer> =>
  Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: 0.05 }),
    ...options,
  });

/** The losses of some steps on one batch. */
async function lossesOf(trainer: Trainer, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step(batch())).loss);
  return losses;
}

const weightsOf = ({ graph }: OnnxModel): Record<string, number[]> =>
  Object.fromEntries(
    graph.initializer.map((tensor) => [tensor.name, Array.from(tensorData(tensor).data, Number)]),
  );

describe("Trainer", () => {
  test("the loss falls, with dropout off to less than a tenth", async () => {
    const trainer = await create();
    const before = await trainer.evaluate(batch());
    await lossesOf(trainer, 300);
    const after = await trainer.evaluate(batch());
    expect(trainer.steps).toBe(300);
    expect(after.loss).toBeLessThan(before.loss / 10);
    await trainer.dispose();
  });

  test("step draws new noise each time and gives the model's outputs, evaluate draws none", async () => {
    const still = await create(noisyMlp(), { optimizer: sgd({ learningRate: 0 }) });
    const first = await still.step(batch());
    const second = await still.step(batch());
    expect(first.outputs.logits.dims).toEqual([12, 3]);
    expect(numbersOf(first.outputs.logits)).not.toEqual(numbersOf(second.outputs.logits));
    const evaluated = await still.evaluate(batch());
    const run = await openModel(mlp());
    const { x } = batch();
    const clean = await run({
      x: { type: "float32", data: Float32Array.from(numbersOf(x)), dims: x.dims },
    });
    expect(evaluated.outputs.logits.data).toEqual(clean.logits.data);
    expect((await still.evaluate(batch())).loss).toBe(evaluated.loss);
    expect(still.steps).toBe(2);
    await still.dispose();
  });

  test("one seed gives the same losses to the bit, another seed others", async () => {
    const runs: number[][] = [];
    for (const seed of [7, 7, 8]) {
      const trainer = await create(noisyMlp(), { seed });
      runs.push(await lossesOf(trainer, 5));
      await trainer.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  test("fed noise and noise in the graph train to the same weights, to the bit", async () => {
    const trained: Record<string, number[]>[] = [];
    for (const noise of ["feeds", "graph"] as const) {
      const trainer = await create(noisyMlp(noise), { seed: 3 });
      await lossesOf(trainer, 10);
      trained.push(weightsOf(await trainer.exportModel()));
      await trainer.dispose();
    }
    expect(trained[1]).toEqual(trained[0]);
    expect(trained[0]).not.toEqual(weightsOf(mlp()));
  });

  test("batches of other sizes are fine", async () => {
    const trainer = await create();
    const { x } = batch();
    await trainer.step(batch());
    await trainer.step({ x: float32([1, 4], numbersOf(x).slice(0, 4)), labels: int64([2]) });
    expect(trainer.steps).toBe(2);
    await trainer.dispose();
  });

  test("a learning rate by the step is asked at each step", async () => {
    const trainer = await create(noisyMlp(), {
      optimizer: sgd({ learningRate: (step) => (step < 2 ? 0 : 0.1) }),
    });
    await lossesOf(trainer, 2);
    expect(weightsOf(await trainer.exportModel())).toEqual(weightsOf(mlp()));
    await lossesOf(trainer, 1);
    expect(weightsOf(await trainer.exportModel())).not.toEqual(weightsOf(mlp()));
    await trainer.dispose();
  });
});

describe("Trainer.exportModel", () => {
  test("before a step it is the model without dropout, to the byte", async () => {
    const trainer = await create();
    expect(encodeModel(await trainer.exportModel())).toEqual(encodeModel(mlp()));
    await trainer.dispose();
  });

  test("after steps it computes what evaluate does", async () => {
    const trainer = await create();
    await lossesOf(trainer, 20);
    const exported = decodeModel(encodeModel(await trainer.exportModel()));
    const { outputs } = await trainer.evaluate(batch());
    const run = await openModel(exported);
    const { x } = batch();
    const { logits } = await run({
      x: { type: "float32", data: Float32Array.from(numbersOf(x)), dims: x.dims },
    });
    expect(logits.data).toEqual(outputs.logits.data);
    expect(exported.graph.input.map(({ name }) => name)).toEqual(["x"]);
    await trainer.dispose();
  });

  test("all but the weights is as it was: nodes, attributes, metadata and unknown fields", async () => {
    const text = new TextEncoder().encode("from the future");
    // Field 900 of ModelProto, which does not exist.
    const bytes = Uint8Array.of(...encodeModel(mlp()), 0xa2, 0x38, text.length, ...text);
    const trainer = await create(decodeModel(bytes));
    await lossesOf(trainer, 3);
    const exported = await trainer.exportModel();
    const original = decodeModel(bytes);
    expect(weightsOf(exported)).not.toEqual(weightsOf(original));
    const initializer = exported.graph.initializer.map((tensor, i) =>
      copyMessage(tensor, { rawData: original.graph.initializer[i].rawData }),
    );
    const graph = copyMessage(exported.graph, { initializer });
    expect(encodeModel(copyMessage(exported, { graph }))).toEqual(encodeModel(original));
    expect(Buffer.from(encodeModel(exported)).toString("latin1")).toContain("from the future");
    await trainer.dispose();
  });

  test("a weight that was stored in its typed field is stored once", async () => {
    const model = mlp();
    const [weight] = model.graph.initializer;
    const floatData = Array.from(tensorData(weight).data, Number);
    model.graph.initializer[0] = copyMessage(weight, { floatData, rawData: new Uint8Array() });
    const trainer = await create(model);
    await lossesOf(trainer, 1);
    const [trained] = (await trainer.exportModel()).graph.initializer;
    expect(trained.floatData).toEqual([]);
    expect(trained.rawData).toHaveLength(4 * floatData.length);
    await trainer.dispose();
  });

  test("training does not change the model that it was given, nor an earlier export", async () => {
    const model = noisyMlp();
    const before = encodeModel(model);
    const trainer = await create(model);
    await lossesOf(trainer, 2);
    const exported = await trainer.exportModel();
    const weights = weightsOf(exported);
    await lossesOf(trainer, 2);
    expect(encodeModel(model)).toEqual(before);
    expect(weightsOf(exported)).toEqual(weights);
    await trainer.dispose();
  });
});

describe("Trainer: trainable", () => {
  test("weights that are not named stay as they were", async () => {
    const trainer = await create(noisyMlp(), { trainable: ["fc2.weight", "fc2.bias"] });
    await lossesOf(trainer, 5);
    const before = weightsOf(mlp());
    const after = weightsOf(await trainer.exportModel());
    for (const name of ["fc1.weight", "fc1.bias"]) expect(after[name]).toEqual(before[name]);
    for (const name of ["fc2.weight", "fc2.bias"]) expect(after[name]).not.toEqual(before[name]);
    await trainer.dispose();
  });

  test("what leads to weights that are not named has no part in the backward pass", async () => {
    const model = noisyMlp();
    // No operator of another domain has a gradient here; it is not needed for the weights behind it.
    const domain = "com.microsoft";
    const relu = model.graph.node.findIndex(({ opType }) => opType === "Relu");
    model.graph.node[relu] = copyMessage(model.graph.node[relu], { opType: "QuickGelu", domain });
    model.opsetImport.push(copyMessage(model.opsetImport[0], { domain, version: 1n }));
    const trainer = await create(model, { trainable: ["fc2.weight"] });
    expect(await lossesOf(trainer, 1)).toHaveLength(1);
    await trainer.dispose();
    await expect(create(model)).rejects.toThrow(
      "got none for com.microsoft.QuickGelu (node relu, opset 1)",
    );
  });
});

describe("Trainer: errors", () => {
  test("of create", async () => {
    await expect(create(noisyMlp(), { trainable: ["fc1.wieght"] })).rejects.toThrow(
      "Trainer: trainable must name weights of the model, got fc1.wieght; did you mean fc1.weight, fc2.weight?",
    );
    const unread = mlp();
    unread.graph.initializer.push(copyMessage(unread.graph.initializer[0], { name: "unread" }));
    await expect(create(unread, { trainable: ["unread"] })).rejects.toThrow(
      "Trainer: loss loss must depend on parameter unread, got no path between them",
    );
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) {
      await expect(create(noisyMlp(), { seed })).rejects.toThrow(
        new RangeError(`Trainer: seed must be an integer in [0, 2^32), got ${seed}`),
      );
    }
    await expect(
      Trainer.create(ort, new Uint8Array(), {
        loss: crossEntropy({ logits: "logits" }),
        optimizer: sgd({ learningRate: 1 }),
      }),
    ).rejects.toThrow("decodeModel: model must be an ONNX model with a graph, got none");
  });

  const { x, labels } = batch();
  const wrong: readonly (readonly [string, Feeds, string])[] = [
    ["no feeds", {}, "feeds must be x, labels, got none"],
    ["a missing feed", { x }, "feeds must be x, labels, got x"],
    ["an unknown feed", { x, labels, mask: x }, "feeds must be x, labels, got mask"],
    ["a typo", { x, label: labels }, "feeds must be x, labels, got label; did you mean labels?"],
    ["another type", { x: labels, labels }, "x must hold float32, got int64"],
    [
      "labels of another type",
      { x, labels: new ort.Tensor("int32", new Int32Array(12), [12]) },
      "labels must hold int64, got int32",
    ],
    [
      "another rank",
      { x: float32([48], numbersOf(x)), labels },
      "x must have shape [batch, 4], got [48]",
    ],
    [
      "another size",
      { x: float32([16, 3], numbersOf(x)), labels },
      "x must have shape [batch, 4], got [16, 3]",
    ],
    ["another batch", { x, labels: int64([0, 1]) }, "labels must have shape [batch], got [2]"],
    [
      "a label too large",
      { x, labels: int64([0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]) },
      "labels must be in [0, 3), got 3 at index 3",
    ],
    [
      "a negative label",
      { x, labels: int64([0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, -1]) },
      "labels must be in [0, 3), got -1 at index 11",
    ],
  ];

  test.each(wrong)("of step and evaluate: %s", async (_, feeds, sentence) => {
    const trainer = await create();
    await expect(trainer.step(feeds)).rejects.toThrow(`Trainer.step: ${sentence}`);
    await expect(trainer.evaluate(feeds)).rejects.toThrow(`Trainer.evaluate: ${sentence}`);
    expect(trainer.steps).toBe(0);
    // It goes on with feeds that fit.
    expect(await lossesOf(trainer, 1)).toHaveLength(1);
    await trainer.dispose();
  });

  test("of step: masks are drawn, not fed by the caller", async () => {
    const trainer = await create();
    const mask = new ort.Tensor("bool", new Uint8Array(96), [12, 8]);
    await expect(trainer.step({ x, labels, "relu/keep": mask })).rejects.toThrow(
      "Trainer.step: feeds must be x, labels, got relu/keep",
    );
    await trainer.dispose();
  });

  test("of step: a loss that is not finite, which leaves parameters and steps as they were", async () => {
    const trainer = await create();
    const twin = await create();
    await lossesOf(trainer, 3);
    await lossesOf(twin, 3);
    const weights = weightsOf(await trainer.exportModel());
    const bad = float32([12, 4], new Array(48).fill(Number.NaN));
    await expect(trainer.step({ x: bad, labels })).rejects.toThrow(
      "Trainer.step: loss must be finite, got NaN at step 3",
    );
    expect(trainer.steps).toBe(3);
    expect(weightsOf(await trainer.exportModel())).toEqual(weights);
    // The optimizer's state is as it was, too: the next steps are those of a trainer that saw no NaN.
    expect(await lossesOf(trainer, 3)).toEqual(await lossesOf(twin, 3));
    await trainer.dispose();
    await twin.dispose();
  });

  test("of step: a call before the last one has ended", async () => {
    const trainer = await create();
    const first = trainer.step(batch());
    await expect(trainer.step(batch())).rejects.toThrow(
      "Trainer.step: the last call must have ended, got another",
    );
    await first;
    expect(trainer.steps).toBe(1);
    await trainer.dispose();
  });

  test("of step and evaluate: after dispose, which may be called twice", async () => {
    const trainer = await create();
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
