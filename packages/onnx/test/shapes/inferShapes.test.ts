import { create } from "@bufbuild/protobuf";
import { dropout } from "@dropoutkit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Dim,
  GraphBuilder,
  inferShapes,
  insertDropout,
  makeTensor,
  makeValueInfo,
  type NodeOptions,
  type OnnxModel,
  type TensorType,
  tensorTypeOf,
} from "../../src/index.js";
import { ValueInfoProtoSchema } from "../../src/schema.js";
import { shapeRules } from "../../src/shapes/shapeRules.js";
import { type Feed, runModel } from "../runModel.js";

interface Input {
  readonly type: TensorType;
  readonly dims: readonly Dim[];
}

interface OneNode {
  readonly inputs: readonly Input[];
  /** Initializers that follow the inputs. */
  readonly constants?: readonly number[][];
  readonly options?: NodeOptions;
}

/** One node whose outputs `y0`, `y1` have no declared shape. */
function oneNode(opType: string, { inputs, constants = [], options }: OneNode): OnnxModel {
  const builder = new GraphBuilder();
  const lists = constants.map((values) => builder.ints(values));
  const names = [...inputs.map((_, i) => `x${i}`), ...lists];
  const outputs = builder.ops(opType, names, { outputs: ["y0"], ...options });
  return builder.model({
    name: opType,
    inputs: inputs.map((input, i) => makeValueInfo(`x${i}`, input)),
    outputs: outputs.map((name) => create(ValueInfoProtoSchema, { name })),
    opset: 18,
  });
}

/** Ones: good for every operator here. */
function feed({ type }: Input, dims: readonly number[]): Feed {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (type === "int64") return { type, data: new BigInt64Array(size).fill(1n), dims };
  if (type === "bool") return { type, data: new Uint8Array(size).fill(1), dims };
  return { type: "float32", data: new Float32Array(size).fill(1), dims };
}

/** Infers, runs, and compares the two; names are looked up in `sizes`. */
async function expectInferred(
  model: OnnxModel,
  inputs: readonly Input[],
  sizes: Readonly<Record<string, number>> = {},
): Promise<void> {
  const sizeOf = (dim: Dim): number => (typeof dim === "number" ? dim : sizes[dim]);
  const infos = inferShapes(model);
  const feeds = inputs.map((input, i) => [`x${i}`, feed(input, input.dims.map(sizeOf))] as const);
  const results = await runModel(model, Object.fromEntries(feeds));
  for (const [name, tensor] of Object.entries(results)) {
    const info = infos.get(name);
    expect(info?.dims.map(sizeOf), name).toEqual(tensor.dims);
    expect(tensorTypeOf(info?.dataType ?? 0), name).toBe(tensor.type);
  }
}

const float = (...dims: Dim[]): Input => ({ type: "float32", dims });
const pair = [float("batch", 3), float(3)];
const unary = { inputs: [float("batch", 3, 4)] };
const loss = { inputs: [float("batch", 3), { type: "int64", dims: ["batch"] } as Input] };

/** At least one case for each rule; a test says so. */
const cases: readonly (readonly [opType: string, node: OneNode])[] = [
  ...["Abs", "Elu", "Exp", "Identity", "LeakyRelu", "Log", "LogSoftmax", "Neg", "Relu", "Selu"].map(
    (opType) => [opType, unary] as const,
  ),
  ...["Sigmoid", "Softmax", "Sqrt", "Tanh"].map((opType) => [opType, unary] as const),
  ...["Add", "Div", "Mul", "Sub", "Equal", "Greater", "GreaterOrEqual", "Less"].map(
    (opType) => [opType, { inputs: pair }] as const,
  ),
  ["Cast", { ...unary, options: { attributes: { to: 7 } } }],
  ["Dropout", { ...unary, options: { outputs: ["y0", "y1"] } }],
  ["Flatten", unary],
  ["Flatten", { ...unary, options: { attributes: { axis: 0 } } }],
  ["Flatten", { ...unary, options: { attributes: { axis: -1 } } }],
  ["Gemm", { inputs: [float("batch", 3), float(3, 5), float(5)] }],
  [
    "Gemm",
    { inputs: [float(3, "batch"), float(5, 3)], options: { attributes: { transA: 1, transB: 1 } } },
  ],
  ["MatMul", { inputs: [float("batch", 3), float(3, 5)] }],
  ["MatMul", { inputs: [float("batch", 1, 2, 3), float(4, 3, 5)] }],
  ["Reshape", { ...unary, constants: [[0, 12]] }],
  ["Reshape", { ...unary, constants: [[0, -1]] }],
  ["Reshape", { ...unary, constants: [[0, 2, -1, 2]] }],
  ["Reshape", { inputs: [float(4, 6)], constants: [[3, -1]] }],
  ["SoftmaxCrossEntropyLoss", { ...loss, options: { outputs: ["y0", "y1"] } }],
  ["SoftmaxCrossEntropyLoss", { ...loss, options: { attributes: { reduction: "none" } } }],
  ["Transpose", unary],
  ["Transpose", { ...unary, options: { attributes: { perm: [1, 2, 0] } } }],
  ["Where", { inputs: [{ type: "bool", dims: [3] }, float("batch", 1), float(1)] }],
];

describe("inferShapes: what the runtime returns", () => {
  test.each(cases)("%s of %j", async (opType, node) => {
    await expectInferred(oneNode(opType, node), node.inputs, {
      batch: 2,
      "batch*3": 6,
      "batch*12": 24,
    });
  });

  test("every rule has a case", () => {
    const tested = new Set(cases.map(([opType]) => opType));
    expect([...tested].sort()).toEqual(Object.keys(shapeRules).sort());
  });

  test("broadcasting, over random shapes", async () => {
    const size = fc.constantFrom(1, 2, 3);
    const shape = fc.array(size, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shape, shape, shape, async (full, a, b) => {
        // Each is a broadcast of `full`: trailing sizes, some of them 1.
        const fit = (dims: number[]): Input => {
          const rank = Math.min(dims.length, full.length);
          const tail = full.slice(full.length - rank);
          return float(...tail.map((dim, axis) => (dims[axis] === 1 ? 1 : dim)));
        };
        const inputs = [fit(a), fit(b)];
        await expectInferred(oneNode("Add", { inputs }), inputs);
        const three = [{ type: "bool", dims: full } as const, ...inputs];
        await expectInferred(oneNode("Where", { inputs: three }), three);
      }),
      { numRuns: 40 },
    );
  });
});

describe("inferShapes", () => {
  test("Constant nodes and initializers have the shape of their value", () => {
    const builder = new GraphBuilder();
    const value = makeTensor({
      name: "",
      type: "int64",
      dims: [2],
      data: BigInt64Array.of(4n, -1n),
    });
    builder.op("Constant", [], { attributes: { value }, outputs: ["shape"] });
    builder.op("Reshape", ["x", "shape"], { outputs: ["y"] });
    const model = builder.model({
      name: "constant",
      inputs: [makeValueInfo("x", { type: "float32", dims: [8, 3] })],
      outputs: [],
      opset: 18,
    });
    expect(inferShapes(model).get("shape")?.dims).toEqual([2]);
    expect(inferShapes(model).get("y")?.dims).toEqual([4, 6]);
  });

  test("nothing is known of what has no rule, nor of what follows from it", () => {
    const builder = new GraphBuilder();
    builder.op("Relu", [builder.op("NonZero", ["x"], { outputs: ["unknown"] })], {
      outputs: ["y"],
    });
    const model = builder.model({
      name: "unknown",
      inputs: [makeValueInfo("x", { type: "float32", dims: [8, 3] })],
      outputs: [],
      opset: 18,
    });
    expect([...inferShapes(model).keys()]).toEqual(["x"]);
  });

  test("a size without a name is named after its tensor and axis", () => {
    const model = oneNode("Relu", { inputs: [float("", 3)] });
    expect(inferShapes(model).get("y0")?.dims).toEqual(["x0.0", 3]);
  });

  test("sites of ours are known, so that a second transform can stand on them", () => {
    const noisy = insertDropout(oneNode("Relu", unary), {
      variant: dropout({ rate: 0.5 }),
      after: { tensor: "x0" },
      site: () => "s",
    });
    expect(inferShapes(noisy).get("s/out")?.dims).toEqual(["batch", 3, 4]);
    expect(inferShapes(noisy).get("y0")?.dims).toEqual(["batch", 3, 4]);
  });
});
