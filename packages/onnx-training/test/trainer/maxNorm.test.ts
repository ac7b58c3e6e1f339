import { drawUniform } from "@dropoutkit/core/adapter";
import { insertDropConnect, type OnnxModel } from "@dropoutkit/onnx";
import {
  type AttributeValue,
  copyMessage,
  copyModel,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
} from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { l2, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";
import { weightsOf } from "./trainNoisyMlp.js";

interface Operator {
  readonly opType: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Shape of the weight, and of an input with one position for each of the operator's outputs. */
  readonly w: readonly number[];
  readonly x: readonly number[];
  /** The axes of the output that are not of units: the batch, and places in space. */
  readonly places: readonly number[];
  /** Shape of what is left of the output. */
  readonly units: readonly number[];
}

const operators: readonly Operator[] = [
  { opType: "Gemm", w: [3, 5], x: [1, 3], places: [0], units: [5] },
  { opType: "Gemm", attributes: { transB: 1 }, w: [5, 3], x: [1, 3], places: [0], units: [5] },
  { opType: "Gemm", attributes: { transA: 1 }, w: [3, 5], x: [3, 1], places: [0], units: [5] },
  { opType: "MatMul", w: [3, 5], x: [1, 3], places: [0], units: [5] },
  { opType: "MatMul", w: [2, 3, 5], x: [2, 1, 3], places: [1], units: [2, 5] },
  { opType: "MatMul", w: [3], x: [1, 3], places: [0], units: [] },
  { opType: "Conv", w: [4, 3, 2, 2], x: [1, 3, 2, 2], places: [0, 2, 3], units: [4] },
  {
    opType: "Conv",
    attributes: { group: 3 },
    w: [6, 2, 3],
    x: [1, 6, 3],
    places: [0, 2],
    units: [6],
  },
  { opType: "ConvTranspose", w: [3, 4, 2, 2], x: [1, 3, 1, 1], places: [0, 2, 3], units: [4] },
  {
    opType: "ConvTranspose",
    attributes: { group: 2 },
    w: [6, 2, 3],
    x: [1, 6, 1],
    places: [0, 2],
    units: [4],
  },
];

/** `sums` of what the operator makes of x, one for each unit, and `loss`, their mean. */
function layer({ opType, attributes = {}, w: dims, x, places, units }: Operator): OnnxModel {
  const builder = new GraphBuilder();
  const uniforms = drawUniform({ seed: 1, site: "w", step: 0, shape: dims });
  const data = uniforms.map((u) => 2 * u - 1);
  builder.constant(makeTensor({ name: "w", type: "float32", dims, data }));
  const y = builder.op(opType, ["x", "w"], { attributes });
  const keepdims = 0;
  const sums = builder.op("ReduceSum", [y, builder.ints(places)], {
    attributes: { keepdims },
    outputs: ["sums"],
  });
  builder.op("ReduceMean", [sums], { attributes: { keepdims }, outputs: ["loss"] });
  const type = "float32";
  return builder.model({
    name: "layer",
    inputs: [makeValueInfo("x", { type, dims: x })],
    outputs: [makeValueInfo("sums", { type, dims: units })],
    opset: 17,
  });
}

const ones = (dims: readonly number[]): Float32Array =>
  new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(1);

/** The length of each unit's weights, by the operator itself: what it makes of squared weights and an input of ones. */
async function lengthsOf(model: OnnxModel, { x }: Operator): Promise<number[]> {
  const squared = copyModel(model);
  squared.graph.initializer = squared.graph.initializer.map((tensor) => {
    if (tensor.name !== "w") return tensor;
    const data = Float32Array.from(weightsOf(model).w, (value) => value ** 2);
    const dims = tensor.dims.map(Number);
    return copyMessage(tensor, makeTensor({ name: "w", type: "float32", dims, data }));
  });
  const run = await openModel(squared);
  const { sums } = await run({ x: { type: "float32", data: ones(x), dims: x } });
  return numbersOf(sums).map(Math.sqrt);
}

async function hold(
  operator: Operator,
  options: Partial<TrainerOptions>,
  base = layer(operator),
): Promise<OnnxModel> {
  const trainer = await Trainer.create(ort, base, {
    loss: "loss",
    optimizer: sgd({ learningRate: 0.5 }),
    weights: ["w"],
    ...options,
  });
  await trainer.step({ x: new ort.Tensor("float32", ones(operator.x), operator.x) });
  const model = await trainer.exportModel();
  await trainer.dispose();
  return model;
}

test.each(operators)(
  "maxNorm: $opType $attributes, w $w: units that are longer than the limit get its length, others stay",
  async (operator) => {
    const free = await hold(operator, {});
    const lengths = await lengthsOf(free, operator);
    const sorted = [...lengths].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const limit = sorted.length === 1 ? sorted[0] / 2 : (sorted[middle - 1] + sorted[middle]) / 2;
    const maxNorm = { limit, weights: ["w"] };
    const model = await hold(operator, { maxNorm });
    const held = await lengthsOf(model, operator);
    expect(held).toHaveLength(lengths.length);
    // Squares, sums of a dozen and roots, each rounded by 2^-24 of values below 4.
    held.forEach((length, unit) => {
      expect(Math.abs(length - Math.min(lengths[unit], limit))).toBeLessThan(24 * 4 * 2 ** -24);
    });
    // Only shortened: each entry keeps its sign, and where no unit is too long nothing changes.
    const [before, after] = [weightsOf(free).w, weightsOf(model).w];
    expect(after.map(Math.sign)).toEqual(before.map(Math.sign));
    const loose = { limit: 2 * sorted[sorted.length - 1], weights: ["w"] };
    expect(weightsOf(await hold(operator, { maxNorm: loose })).w).toEqual(before);
  },
);

test("maxNorm: what a penalty reads of a weight does not matter", async () => {
  const [operator] = operators;
  const penalties = [l2({ factor: 0.1, weights: ["w"] })];
  const limit = 0.25;
  const held = await hold(operator, { penalties, maxNorm: { limit, weights: ["w"] } });
  for (const length of await lengthsOf(held, operator)) expect(length).toBeCloseTo(limit, 6);
});

test("maxNorm: weights that are dropped in training are held as those of their layer", async () => {
  const [operator] = operators;
  const limit = 0.25;
  const noisy = insertDropConnect(layer(operator), {
    rate: 0.5,
    per: "batch",
    nodes: { opType: "Gemm" },
  });
  const held = await hold(operator, { maxNorm: { limit, weights: ["w"] } }, noisy);
  for (const length of await lengthsOf(held, operator)) expect(length).toBeCloseTo(limit, 6);
});

test("maxNorm: weights that come into units in two ways must be given axes", async () => {
  const builder = new GraphBuilder();
  const data = ones([3, 3]);
  builder.constant(makeTensor({ name: "w", type: "float32", dims: [3, 3], data }));
  const hidden = builder.op("Gemm", ["x", "w"]);
  const back = builder.op("Gemm", [hidden, "w"], { attributes: { transB: 1 } });
  builder.op("ReduceMean", [back], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const tied = builder.model({
    name: "tied",
    inputs: [makeValueInfo("x", { type: "float32", dims: [1, 3] })],
    outputs: [],
    opset: 17,
  });
  const open = (maxNorm: TrainerOptions["maxNorm"]): Promise<Trainer> =>
    Trainer.create(ort, tied, { loss: "loss", optimizer: sgd({ learningRate: 1 }), maxNorm });
  await expect(open({ limit: 1, weights: ["w"] })).rejects.toThrow(
    "or of two in different ways, got w",
  );
  await (await open({ limit: 1, weights: ["w"], axes: [0] })).dispose();
});
