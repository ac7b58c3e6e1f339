import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo, sitesOf, tensorInfoOf } from "../../src/graph.js";
import {
  decodeModel,
  dropout,
  encodeModel,
  insertDropout,
  nameBatch,
  type OnnxModel,
} from "../../src/index.js";

ort.env.wasm.numThreads = 1;

const { DROPOUTKIT_DATA: data } = process.env;

const IMAGE = [1, 28, 28] as const;
const PIXELS = 784;

/** A network as exporters write it for an example of `batch` images: `middle` is a reshape's target. */
function exported(batch: number, middle: readonly number[]): OnnxModel {
  const builder = new GraphBuilder();
  const weights = Float32Array.from({ length: PIXELS * 10 }, (_, i) => Math.sin(i));
  const kernel = builder.constant(
    makeTensor({ name: "kernel", type: "float32", dims: [PIXELS, 10], data: weights }),
  );
  const rows = builder.op("Reshape", ["images", builder.ints(middle)]);
  const flat = builder.op("Reshape", [builder.op("Relu", [rows]), builder.ints([batch, PIXELS])]);
  builder.op("MatMul", [flat, kernel], { outputs: ["logits"] });
  return builder.model({
    opset: 13,
    name: "digits",
    inputs: [makeValueInfo("images", { type: "float32", dims: [batch, ...IMAGE] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: [batch, 10] })],
  });
}

/** Scores `[count, 10]` of images `from` and on, which are of no digit. */
async function scores(model: OnnxModel, { from = 0, count = 1 }): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 3 });
  const images = Float32Array.from({ length: count * PIXELS }, (_, i) =>
    Math.cos(i + from * PIXELS),
  );
  const outputs = await session.run({
    [session.inputNames[0]]: new ort.Tensor("float32", images, [count, ...IMAGE]),
  });
  await session.release();
  const { data: values } = outputs[session.outputNames[0]];
  if (!(values instanceof Float32Array)) throw new TypeError("scores must be float32");
  return values;
}

/** Whether a batch of twice the size gives what two of the fixed size give. */
async function expectAnyBatch(model: OnnxModel, size: number): Promise<void> {
  const named = nameBatch(model);
  expect(batchesOf(named)).toEqual(["batch"]);
  const halves = [
    await scores(model, { count: size }),
    await scores(model, { from: size, count: size }),
  ];
  const whole = await scores(named, { count: 2 * size });
  const expected = halves.flatMap((half) => [...half]);
  const largest = Math.max(...expected.map(Math.abs));
  // Products of other sizes are added in another order: of 784 and fewer terms, each rounded to 2^-24 of the sum.
  whole.forEach((score, i) => {
    expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(PIXELS * 2 ** -24 * largest);
  });
  expect(whole.length).toBe(expected.length);
}

/** The first sizes of what a model is fed. */
const batchesOf = ({ graph }: OnnxModel): unknown[] =>
  graph.input.map((input) => tensorInfoOf(input)?.dims[0]);

/** y = a + b, of batches of these sizes. */
function sum(a: number | string, b: number | string): OnnxModel {
  const builder = new GraphBuilder();
  builder.op("Add", ["a", "b"], { outputs: ["y"] });
  const value = (name: string, size: number | string) =>
    makeValueInfo(name, { type: "float32", dims: [size, 4] });
  const inputs = [value("a", a), value("b", b)];
  return builder.model({ opset: 18, name: "sum", inputs, outputs: [value("y", a)] });
}

describe("nameBatch: which inputs", () => {
  test("all that have the first one's size, under the name that is given", () => {
    expect(batchesOf(nameBatch(sum(1, 1)))).toEqual(["batch", "batch"]);
    expect(batchesOf(nameBatch(sum(3, 3), { name: "n" }))).toEqual(["n", "n"]);
    expect(batchesOf(nameBatch(sum(3, 1)))).toEqual(["batch", 1]);
  });

  test("those that are named alone", () => {
    expect(batchesOf(nameBatch(sum(3, 1), { inputs: ["a"] }))).toEqual(["batch", 1]);
    expect(() => nameBatch(sum(3, 1), { inputs: ["a", "b"] })).toThrow(
      "nameBatch: inputs must have one batch, got 3 and 1",
    );
    expect(() => nameBatch(sum(3, 3), { inputs: ["aa"] })).toThrow(
      "nameBatch: input must be one that the model is fed, got aa; did you mean a, b?",
    );
  });

  test("a batch that has a name already stays, to the byte", () => {
    const model = sum("rows", "rows");
    expect(Buffer.compare(encodeModel(nameBatch(model)), encodeModel(model))).toBe(0);
  });
});

describe("nameBatch", () => {
  test.each([
    [1, [1, 28, 28]],
    [8, [8, 28, 28]],
    [8, [8, -1, 7]],
    [8, [0, 784]],
    [8, [-1, 784]],
  ])("a model for batches of %i, with a reshape to %j, takes any batch", async (size, middle) => {
    const model = exported(size, middle);
    expect(batchesOf(model)).toEqual([size]);
    await expectAnyBatch(model, size);
  });

  test("what needs the size elsewhere is not made to take another", () => {
    expect(() => nameBatch(exported(8, [8 * 28, 28]))).toThrow(
      "nameBatch: model must need a batch of 8 at its ends and in reshapes alone, got output logits [8, 10]",
    );
  });

  test("the model that was given stays as it was", () => {
    const model = exported(8, [8, 28, 28]);
    const bytes = encodeModel(model);
    nameBatch(model);
    expect(Buffer.compare(encodeModel(model), bytes)).toBe(0);
  });

  test("noise that a model is fed is of any batch too", () => {
    const noisy = insertDropout(exported(8, [8, 784]), {
      variant: dropout({ rate: 0.5 }),
      after: { opType: "Relu" },
    });
    const named = nameBatch(noisy);
    const fields = new Set(sitesOf(named).map(({ field }) => field));
    const declared = named.graph.input.filter(({ name }) => fields.has(name));
    expect(declared.map((input) => tensorInfoOf(input)?.dims)).toEqual([["batch", 784]]);
  });

  test
    .skipIf(!data)
    .each(["mlp/model", "cnn_plain/model", "resnet_bn/model_bneval", "transformer/model"])(
    "%s, which PyTorch exported, takes any batch",
    async (name) => {
      const bytes = await readFile(join(data ?? "", "torch-oracle", `${name}.onnx`));
      await expectAnyBatch(decodeModel(bytes), 8);
    },
  );
});
