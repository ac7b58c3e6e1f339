import { decodeModel, encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { adam, crossEntropy, type Feeds, Trainer } from "../../src/index.js";
import { float32, int64, numbersOf } from "../runtime/runModel.js";
import { batch, mlp } from "./noisyMlp.js";
import { lossesOf, open, weightsOf } from "./trainNoisyMlp.js";

/** What cannot be trained, or trained on: a sentence of its own for each. */

const { x, labels } = batch();

/** A step and an evaluation refuse feeds with a sentence, and the trainer goes on with feeds that fit. */
async function expectRefused(feeds: Feeds, sentence: string): Promise<void> {
  const trainer = await open();
  await expect(trainer.step(feeds)).rejects.toThrow(`Trainer.step: ${sentence}`);
  await expect(trainer.evaluate(feeds)).rejects.toThrow(`Trainer.evaluate: ${sentence}`);
  expect(trainer.steps).toBe(0);
  expect(await lossesOf(trainer, 1)).toHaveLength(1);
  await trainer.dispose();
}

type Refused = readonly (readonly [string, Feeds, string])[];

describe("bad input: feeds and shapes that do not fit", () => {
  const wrong: Refused = [
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
  ];

  test.each(wrong)("%s", (_, feeds, sentence) => expectRefused(feeds, sentence));

  test("masks are drawn, not fed by the caller", async () => {
    const trainer = await open();
    const mask = new ort.Tensor("bool", new Uint8Array(96), [12, 8]);
    await expect(trainer.step({ x, labels, "relu/keep": mask })).rejects.toThrow(
      "Trainer.step: feeds must be x, labels, got relu/keep",
    );
    await trainer.dispose();
  });
});

describe("bad input: labels out of range", () => {
  const wrong: Refused = [
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

  test.each(wrong)("%s", (_, feeds, sentence) => expectRefused(feeds, sentence));

  test("of classes that only the run counts, the runtime refuses it, and the state stays", async () => {
    const builder = new GraphBuilder();
    const data = Float32Array.of(1);
    builder.constant(makeTensor({ name: "w", type: "float32", dims: [1], data }));
    builder.op("Mul", ["x", "w"], { outputs: ["logits"] });
    const value = (name: string) =>
      makeValueInfo(name, { type: "float32", dims: ["batch", "classes"] });
    const values = { inputs: [value("x")], outputs: [value("logits")] };
    const trainer = await open({}, builder.model({ name: "open", ...values, opset: 17 }));
    const scores = float32([2, 3], [1, 2, 3, 4, 5, 6]);
    await expect(trainer.step({ x: scores, labels: int64([0, -1]) })).rejects.toThrow(
      new RangeError("Trainer.step: labels must be in [0, classes), got -1 at index 1"),
    );
    await expect(trainer.step({ x: scores, labels: int64([0, 3]) })).rejects.toThrow(
      "Index out of range",
    );
    expect(trainer.steps).toBe(0);
    expect(weightsOf(await trainer.exportModel()).w).toEqual([1]);
    await trainer.dispose();
  });
});

describe("bad input: a loss that is NaN", () => {
  test("an error that says the step, and the state before it stays; gradients: see finite.test.ts", async () => {
    const trainer = await open({ optimizer: adam({ learningRate: 0.05 }) });
    const twin = await open({ optimizer: adam({ learningRate: 0.05 }) });
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
});

describe("bad input: losses and weights", () => {
  test("a loss that is no scalar, or not there", async () => {
    await expect(open({ loss: "logits" })).rejects.toThrow(
      "Trainer: loss logits must be a scalar, got [batch, 3]",
    );
    await expect(open({ loss: "logit" })).rejects.toThrow(
      "Trainer: loss must be a tensor of the model, got logit; did you mean logits?",
    );
  });

  test("a parameter that the loss does not reach", async () => {
    const unread = mlp();
    unread.graph.initializer.push(copyMessage(unread.graph.initializer[0], { name: "unread" }));
    await expect(open({ weights: ["unread"] }, unread)).rejects.toThrow(
      "Trainer: loss loss must depend on parameter unread, got no path between them",
    );
  });

  test("a name that is no weight's", async () => {
    await expect(open({ weights: ["fc1.wieght"] })).rejects.toThrow(
      "Trainer: weights must name weights of the model, got fc1.wieght; did you mean fc1.weight, fc2.weight?",
    );
  });

  test("integer weights", async () => {
    const model = mlp();
    const data = BigInt64Array.of(0n);
    const index = makeTensor({ name: "index", type: "int64", dims: [1], data });
    model.graph.initializer.push(index);
    const reads = model.graph.node[0];
    model.graph.node[0] = copyMessage(reads, { input: [...reads.input.slice(0, 2), "index"] });
    await expect(open({ weights: ["index"] }, model)).rejects.toThrow(
      new TypeError("Trainer: parameter index must hold float32, got int64"),
    );
  });

  test("weights of a type that is not computed with", async () => {
    const model = mlp();
    model.graph.initializer[0] = copyMessage(model.graph.initializer[0], {
      dataType: 10,
      rawData: new Uint8Array(64),
    });
    await expect(open({ weights: ["fc1.weight"] }, model)).rejects.toThrow(
      new TypeError("Trainer: parameter fc1.weight must hold float32, got data type 10"),
    );
  });

  test("a model without weights", async () => {
    const builder = new GraphBuilder();
    builder.op("Relu", ["x"], { outputs: ["logits"] });
    const value = (name: string) => makeValueInfo(name, { type: "float32", dims: ["batch", 3] });
    const options = { inputs: [value("x")], outputs: [value("logits")], opset: 17 };
    await expect(open({}, builder.model({ name: "none", ...options }))).rejects.toThrow(
      "Trainer: model must have finite float32 weights that a gradient of loss reaches, got none",
    );
  });
});

/** The MLP behind a weight that is stored in int8 with a scale. */
function quantised(): OnnxModel {
  const model = mlp();
  const { graph } = model;
  const builder = new GraphBuilder("", graph);
  const data = new Uint8Array(8).fill(128);
  const stored = builder.constant(makeTensor({ name: "q", type: "uint8", dims: [8], data }));
  const scale = builder.scalar("float32", 0.5);
  builder.op("DequantizeLinear", [stored, scale], { name: "dequantize", outputs: ["fc1.bias"] });
  graph.initializer = [
    ...graph.initializer.filter(({ name }) => name !== "fc1.bias"),
    ...builder.initializers,
  ];
  graph.node.unshift(...builder.nodes);
  return model;
}

describe("bad input: quantised models", () => {
  test("a weight that is stored in eight bits", async () => {
    await expect(open({}, quantised())).rejects.toThrow(
      "Trainer: model must not be quantised, got DequantizeLinear dequantize; train the float32 model, then quantise it",
    );
  });

  test.each([
    "QLinearMatMul",
    "QGemm",
    "MatMulInteger",
    "ConvInteger",
    "DynamicQuantizeLSTM",
    "MatMulNBits",
    "MatMulBnb4",
  ])("%s", async (opType) => {
    const model = mlp();
    model.graph.node[0] = copyMessage(model.graph.node[0], { opType, domain: "com.microsoft" });
    await expect(open({}, model)).rejects.toThrow(
      `Trainer: model must not be quantised, got ${opType} fc1; train the float32 model, then quantise it`,
    );
  });
});

describe("bad input: a checkpoint of another model", () => {
  test("the first parameter, state or loss that does not fit is told", async () => {
    const optimizer = adam({ learningRate: 0.05 });
    const trainer = await open({ optimizer });
    const bytes = await trainer.checkpoint();
    await trainer.dispose();
    const resume = (
      file: Uint8Array,
      loss = crossEntropy({ logits: "logits" }),
    ): Promise<Trainer> => Trainer.resume(ort, file, { loss, optimizer });
    const exchanged = (name: string, dims: number[]): Uint8Array => {
      const model = decodeModel(bytes);
      const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
      model.graph.initializer = model.graph.initializer.map((tensor) =>
        tensor.name === name ? makeTensor({ name, type: "float32", dims, data }) : tensor,
      );
      return encodeModel(model);
    };
    await expect(resume(exchanged("fc2.bias", [1]))).rejects.toThrow(
      "Trainer.resume: parameters must be as in the checkpoint, fc2.bias [3] in group 0, got fc2.bias [1] in group 0",
    );
    await expect(resume(exchanged("training.0.m", [3]))).rejects.toThrow(
      "Trainer: state training.0.m must have 67 entries, got 3",
    );
    await expect(resume(bytes, crossEntropy({ logits: "scores" }))).rejects.toThrow(
      "crossEntropy: logits must be a tensor of the model with a known shape, got scores",
    );
  });
});
