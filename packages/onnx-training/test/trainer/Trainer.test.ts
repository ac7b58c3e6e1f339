import { decodeModel, encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, tensorData } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { adam, crossEntropy, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { float32, int64, numbersOf, openModel } from "../runtime/runModel.js";
import { batch, mlp, noisyMlp } from "./noisyMlp.js";

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

describe("Trainer: weights", () => {
  test("weights that are not named stay as they were", async () => {
    const trainer = await create(noisyMlp(), { weights: ["fc2.weight", "fc2.bias"] });
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
    const trainer = await create(model, { weights: ["fc2.weight"] });
    expect(await lossesOf(trainer, 1)).toHaveLength(1);
    await trainer.dispose();
    await expect(create(model)).rejects.toThrow(
      "got none for com.microsoft.QuickGelu (node relu, opset 1)",
    );
  });
});
