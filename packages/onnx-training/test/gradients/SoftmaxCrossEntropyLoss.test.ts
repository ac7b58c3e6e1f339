import {
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type NodeOptions,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { describe, expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { openModel } from "../runModel.js";
import { valuesOf } from "./finiteDifferences.js";

interface Case {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly reduction?: "none" | "sum" | "mean";
  readonly ignoreIndex?: number;
}

const WEIGHTS = [0.5, -2, 1.5, 3, -1, 0.25];

/** `scores [batch, classes, ...]` to a scalar `loss`; one that is not reduced is weighed and summed. */
function lossModel({ scores, reduction, ignoreIndex }: Case): OnnxModel {
  const [batch, , ...rest] = scores;
  const builder = new GraphBuilder();
  const attributes: NodeOptions["attributes"] = {
    ...(reduction && { reduction }),
    ...(ignoreIndex !== undefined && { ignore_index: ignoreIndex }),
  };
  const inputs = ["scores", "labels"];
  if (reduction === "none") {
    const losses = builder.op("SoftmaxCrossEntropyLoss", inputs, { attributes, name: "sce" });
    const data = Float32Array.from(WEIGHTS);
    const weights = makeTensor({ name: "weights", type: "float32", dims: [6, 1], data });
    const row = builder.op("Reshape", [losses, builder.ints([1, 6])]);
    const loss = builder.op("Gemm", [row, builder.constant(weights)]);
    builder.op("Reshape", [loss, builder.ints([])], { outputs: ["loss"] });
  } else {
    builder.op("SoftmaxCrossEntropyLoss", inputs, { attributes, name: "sce", outputs: ["loss"] });
  }
  return builder.model({
    name: "loss",
    inputs: [
      makeValueInfo("scores", { type: "float32", dims: scores }),
      makeValueInfo("labels", { type: "int64", dims: [batch, ...rest] }),
    ],
    outputs: [makeValueInfo("loss", { type: "float32", dims: [] })],
    opset: 17,
  });
}

/** The gradient by its definition, in float64: (softmax - onehot) · weight of the label, 0 where ignored. */
function expectedGradient(
  x: ArrayLike<number>,
  { scores, labels, reduction, ignoreIndex }: Case,
): number[] {
  const [batch, classes, ...rest] = scores;
  const inner = rest.reduce((product, size) => product * size, 1);
  const counted = labels.filter((label) => label !== ignoreIndex).length;
  const gradient: number[] = new Array(x.length).fill(0);
  for (let at = 0; at < batch * inner; at++) {
    if (labels[at] === ignoreIndex) continue;
    const start = Math.floor(at / inner) * classes * inner + (at % inner);
    const exps = Array.from({ length: classes }, (_, c) => Math.exp(x[start + c * inner]));
    const total = exps.reduce((sum, value) => sum + value, 0);
    const weight = reduction === "none" ? WEIGHTS[at] : reduction === "sum" ? 1 : 1 / counted;
    exps.forEach((value, c) => {
      gradient[start + c * inner] = weight * (value / total - (c === labels[at] ? 1 : 0));
    });
  }
  return gradient;
}

const matrix = { scores: [6, 4], labels: [0, 3, 1, 1, 2, 0] };
const space = { scores: [2, 4, 3], labels: [0, 3, 1, 1, 2, 0] };

describe("SoftmaxCrossEntropyLoss: the gradient by the scores", () => {
  test.each<Case>([
    matrix,
    space,
    { ...matrix, reduction: "mean" },
    { ...matrix, reduction: "sum" },
    { ...matrix, reduction: "none" },
    { ...space, reduction: "sum" },
    { ...space, reduction: "none" },
    ...(["mean", "sum", "none"] as const).flatMap((reduction) => [
      { ...matrix, reduction, ignoreIndex: 1 },
      { ...space, reduction, ignoreIndex: 1 },
      { scores: [6, 4], labels: [0, -1, 1, -1, 2, 0], reduction, ignoreIndex: -1 },
      { scores: [6, 4], labels: [0, 255, 1, 255, 2, 0], reduction, ignoreIndex: 255 },
    ]),
  ])("of $scores, labels $labels, reduction $reduction, ignored $ignoreIndex", async (options) => {
    const model = gradientModel(lossModel(options), { loss: "loss", withRespectTo: ["scores"] });
    const run = await openModel(model);
    const data = Float32Array.from(valuesOf("scores", options.scores), (value) => 4 * value);
    const [batch, , ...rest] = options.scores;
    const labels = BigInt64Array.from(options.labels, BigInt);
    const results = await run({
      scores: { type: "float32", data, dims: options.scores },
      labels: { type: "int64", data: labels, dims: [batch, ...rest] },
    });
    const gradient = results["scores.grad"];
    expect(gradient.dims).toEqual(options.scores);
    const expected = expectedGradient(data, options);
    // Scores within 4, four classes: log-softmax within 10 has a float32 error of some 2^-20, which
    // exp hands on; weights are at most 3.
    const errors = expected.map((value, i) => Math.abs(value - Number(gradient.data[i])));
    expect(Math.max(...errors)).toBeLessThan(3 * 2 ** -19);
  });

  test("is the loss's own central difference", async () => {
    const model = gradientModel(lossModel(matrix), { loss: "loss", withRespectTo: ["scores"] });
    const run = await openModel(model);
    const labels = {
      type: "int64",
      data: BigInt64Array.from(matrix.labels, BigInt),
      dims: [6],
    } as const;
    const data = Float32Array.from(valuesOf("scores", matrix.scores));
    const at = async (i: number, value: number) => {
      const moved = data.slice();
      moved[i] = value;
      return run({ scores: { type: "float32", data: moved, dims: matrix.scores }, labels });
    };
    for (let i = 0; i < data.length; i++) {
      const up = Number((await at(i, data[i] + 2 ** -5)).loss.data[0]);
      const down = Number((await at(i, data[i] - 2 ** -5)).loss.data[0]);
      const exact = Number((await at(i, data[i]))["scores.grad"].data[i]);
      // Truncation: step² / 6 · |third derivative| < 2^-10 / 6 · 0.1 / 6 < 3e-6. Rounding: a loss
      // below 4 has an error of some 2^-21, so the difference 2^-21 · 16 < 8e-6.
      expect(Math.abs((up - down) * 16 - exact)).toBeLessThan(2e-5);
    }
  });

  test("class weights, and log probabilities that the loss reads, are errors", () => {
    const weighted = lossModel(matrix);
    weighted.graph.node[0].input.push("scores");
    expect(() => gradientModel(weighted, { loss: "loss", withRespectTo: ["scores"] })).toThrow(
      "gradient: SoftmaxCrossEntropyLoss sce must have no class weights, got scores",
    );
    const read = lossModel({ scores: [1, 1], labels: [0] });
    read.graph.node[0].output[0] = "mean";
    read.graph.node[0].output.push("log");
    const builder = new GraphBuilder();
    builder.op("Add", ["mean", "log"], { outputs: ["loss"] });
    read.graph.node.push(...builder.nodes);
    read.graph.output = [makeValueInfo("loss", { type: "float32", dims: [1, 1] })];
    expect(() => gradientModel(read, { loss: "loss", withRespectTo: ["scores"] })).toThrow(
      "gradient: SoftmaxCrossEntropyLoss sce must have log probabilities that the loss does not read, got log",
    );
  });

  test("a number of classes that is not known is an error", () => {
    const model = lossModel(matrix);
    model.graph.input[0] = makeValueInfo("scores", { type: "float32", dims: [6, "classes"] });
    expect(() => gradientModel(model, { loss: "loss", withRespectTo: ["scores"] })).toThrow(
      "gradient: SoftmaxCrossEntropyLoss sce must have a known number of classes, got classes",
    );
  });
});
