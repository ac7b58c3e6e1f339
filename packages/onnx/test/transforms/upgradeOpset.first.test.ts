import { describe, expect, test } from "vitest";
import { type Dim, GraphBuilder, makeTensor, makeValueInfo, opsetOf } from "../../src/graph.js";
import { type OnnxModel, upgradeOpset } from "../../src/index.js";
import type { AttributeValue } from "../../src/model/attribute.js";
import { type Feed, float32, runModel } from "../runtime/runModel.js";

// The runtime opens no node whose schema is older than opset 6, nor one that opset 7 changed: what a node
// computed is worked out here.

interface Old {
  readonly opset: number;
  readonly opType: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly inputs: readonly Feed[];
  readonly dims: readonly Dim[];
  readonly expected: readonly number[];
  /** The last version at which the runtime has the operator; default 24. */
  readonly newest?: number;
}

/** A node that reads inputs of the model, in the form of its time: format 3. */
function modelOf({ opset, opType, attributes = {}, inputs, dims }: Old): OnnxModel {
  const builder = new GraphBuilder();
  const names = inputs.map((_, i) => `x${i}`);
  builder.op(opType, names, { name: "n", attributes, outputs: ["y"] });
  const isTest = ["And", "Or", "Xor", "Equal", "Greater", "Less"].includes(opType);
  const model = builder.model({
    name: "old",
    inputs: inputs.map(({ type, dims }, i) => makeValueInfo(names[i], { type, dims })),
    outputs: [makeValueInfo("y", { type: isTest ? "bool" : "float32", dims })],
    opset,
  });
  model.irVersion = 3n;
  return model;
}

const bool = (dims: readonly number[], data: readonly number[]): Feed => ({
  type: "bool",
  dims,
  data: Uint8Array.from(data),
});

const int32 = (dims: readonly number[], data: readonly number[]): Feed => ({
  type: "int32",
  dims,
  data: Int32Array.from(data),
});

/** `[2, 3, 2]`, and `[3]` for its axis 1: element i meets element `floor(i / 2) mod 3`. */
const a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const b = [2, 4, 8];
const met = (change: (x: number, y: number) => number): number[] =>
  a.map((x, i) => change(x, b[(i >> 1) % 3]));
const [bitsA, bitsB] = [a.map((x) => x % 2), b.map((x) => Number(x > 2))];
const metBits = (change: (x: number, y: number) => boolean): number[] =>
  bitsA.map((x, i) => Number(change(x, bitsB[(i >> 1) % 3])));

const pairs: Readonly<Record<string, readonly [Feed, Feed, readonly number[]]>> = {
  Add: [float32([2, 3, 2], a), float32([3], b), met((x, y) => x + y)],
  Sub: [float32([2, 3, 2], a), float32([3], b), met((x, y) => x - y)],
  Mul: [float32([2, 3, 2], a), float32([3], b), met((x, y) => x * y)],
  Div: [float32([2, 3, 2], a), float32([3], b), met((x, y) => x / y)],
  Pow: [
    float32([2, 3, 2], a),
    float32([3], [1, 2, 1]),
    a.map((x, i) => ((i >> 1) % 3 === 1 ? x * x : x)),
  ],
  Greater: [float32([2, 3, 2], a), float32([3], b), met((x, y) => Number(x > y))],
  Less: [float32([2, 3, 2], a), float32([3], b), met((x, y) => Number(x < y))],
  Equal: [int32([2, 3, 2], a), int32([3], b), met((x, y) => Number(x === y))],
  And: [bool([2, 3, 2], bitsA), bool([3], bitsB), metBits((x, y) => x === 1 && y === 1)],
  Or: [bool([2, 3, 2], bitsA), bool([3], bitsB), metBits((x, y) => x === 1 || y === 1)],
  Xor: [bool([2, 3, 2], bitsA), bool([3], bitsB), metBits((x, y) => x !== y)],
};

const expectComputed = async (old: Old): Promise<void> => {
  for (const version of [7, 8, 13, 18, 24]) {
    if (version > (old.newest ?? 24)) continue;
    const upgraded = upgradeOpset(modelOf(old), version);
    expect(opsetOf(upgraded)).toBe(version);
    const feeds = Object.fromEntries(old.inputs.map((feed, i) => [`x${i}`, feed]));
    const { y } = await runModel(upgraded, feeds);
    expect(y.dims).toEqual(old.dims);
    expect(Array.from<unknown, number>(y.data, Number)).toEqual(old.expected);
  }
};

describe("upgradeOpset: how opset 6 broadcast", () => {
  test.each(Object.entries(pairs))(
    "%s, from an axis on",
    async (opType, [left, right, expected]) => {
      const attributes = { broadcast: 1, axis: 1 };
      const dims = [2, 3, 2];
      for (const opset of [1, 6]) {
        await expectComputed({ opset, opType, attributes, inputs: [left, right], dims, expected });
      }
    },
  );

  test("from the axis at the end, without an axis, and not at all", async () => {
    const x = float32([2, 3], [1, 2, 3, 4, 5, 6]);
    const row = { inputs: [x, float32([3], [10, 20, 30])], expected: [11, 22, 33, 14, 25, 36] };
    const add = { opset: 6, opType: "Add", dims: [2, 3] };
    await expectComputed({ ...add, ...row, attributes: { broadcast: 1, axis: 1 } });
    await expectComputed({ ...add, ...row, attributes: { broadcast: 1 } });
    await expectComputed({ ...add, inputs: [x, x], expected: [2, 4, 6, 8, 10, 12] });
  });

  test("the rank after a broadcast is that of the first input", async () => {
    const builder = new GraphBuilder();
    const attributes = { broadcast: 1, axis: 0 };
    const sum = builder.op("Add", ["x", "b"], { attributes });
    builder.op("Mul", [sum, "b"], { attributes, outputs: ["y"] });
    const [x, list] = [
      { type: "float32", dims: [2, 3] } as const,
      { type: "float32", dims: [2] } as const,
    ];
    const model = builder.model({
      name: "chain",
      inputs: [makeValueInfo("x", x), makeValueInfo("b", list)],
      outputs: [makeValueInfo("y", x)],
      opset: 6,
    });
    const feeds = { x: float32([2, 3], [1, 2, 3, 4, 5, 6]), b: float32([2], [1, 10]) };
    const { y } = await runModel(upgradeOpset(model, 18), feeds);
    expect(Array.from<unknown>(y.data)).toEqual([2, 3, 4, 140, 150, 160]);
  });
});

const x23 = float32([2, 3], [-1, 2, -3, 4, -5, 6]);
const nodes: readonly Old[] = [
  {
    opset: 5,
    opType: "Relu",
    attributes: { consumed_inputs: [0] },
    inputs: [x23],
    dims: [2, 3],
    expected: [0, 2, 0, 4, 0, 6],
  },
  {
    opset: 6,
    opType: "PRelu",
    inputs: [float32([1, 2, 1, 2], [-1, 2, -3, -4]), float32([2], [0.5, 0.25])],
    dims: [1, 2, 1, 2],
    expected: [-0.5, 2, -0.75, -1],
  },
  {
    opset: 6,
    opType: "PRelu",
    inputs: [x23, float32([1], [2])],
    dims: [2, 3],
    expected: [-2, 2, -6, 4, -10, 6],
  },
  {
    opset: 6,
    opType: "Dropout",
    attributes: { is_test: 1, ratio: { float: 0.5 } },
    inputs: [x23],
    dims: [2, 3],
    expected: [-1, 2, -3, 4, -5, 6],
  },
  {
    opset: 6,
    opType: "BatchNormalization",
    // The variances are 4 and 16 with epsilon 0: halves and quarters of what is left of the means.
    attributes: { is_test: 1, epsilon: { float: 0 } },
    inputs: [
      float32([1, 2, 1, 1], [3, 9]),
      float32([2], [2, 1]),
      float32([2], [0, 1]),
      float32([2], [1, 1]),
      float32([2], [4, 16]),
    ],
    dims: [1, 2, 1, 1],
    expected: [2, 3],
  },
  {
    opset: 6,
    opType: "Gemm",
    attributes: { broadcast: 1, transB: 1 },
    inputs: [float32([1, 2], [1, 2]), float32([2, 2], [1, 2, 3, 4]), float32([2], [10, 20])],
    dims: [1, 2],
    expected: [15, 31],
  },
  {
    opset: 4,
    opType: "Reshape",
    attributes: { shape: [3, -1] },
    inputs: [x23],
    dims: [3, 2],
    expected: [-1, 2, -3, 4, -5, 6],
  },
  {
    opset: 3,
    opType: "Concat",
    inputs: [x23, x23],
    dims: [2, 6],
    expected: [-1, 2, -3, -1, 2, -3, 4, -5, 6, 4, -5, 6],
  },
  {
    opset: 1,
    opType: "Pad",
    attributes: { paddings: [0, 1, 0, 0] },
    inputs: [x23],
    dims: [2, 4],
    expected: [0, -1, 2, -3, 0, 4, -5, 6],
  },
  {
    opset: 1,
    opType: "Cast",
    attributes: { to: "FLOAT" },
    inputs: [int32([3], [1, -2, 3])],
    dims: [3],
    expected: [1, -2, 3],
  },
  {
    opset: 5,
    opType: "Selu",
    inputs: [float32([2], [1, 2])],
    dims: [2],
    expected: [Math.fround(1.0507), 2 * Math.fround(1.0507)],
  },
  {
    opset: 1,
    opType: "GlobalLpPool",
    newest: 21,
    attributes: { p: { float: 1 } },
    inputs: [float32([1, 1, 1, 3], [1, -2, 3])],
    dims: [1, 1, 1, 1],
    expected: [6],
  },
  {
    opset: 6,
    opType: "Upsample",
    attributes: { height_scale: { float: 1 }, width_scale: { float: 2 }, mode: "nearest" },
    inputs: [float32([1, 1, 1, 2], [1, 2])],
    dims: [1, 1, 1, 4],
    expected: [1, 1, 2, 2],
  },
];

describe("upgradeOpset: nodes of opset 1 to 6", () => {
  test.each(nodes.map((node) => [`${node.opType} of opset ${node.opset}`, node] as const))(
    "%s",
    (_, node) => expectComputed(node),
  );

  test("a Split and a Tile whose inputs are constants", async () => {
    const builder = new GraphBuilder();
    const scalar = (name: string, value: number): string =>
      builder.constant(
        makeTensor({ name, type: "float32", dims: [1], data: Float32Array.of(value) }),
      );
    const wide = builder.op("Tile", ["x", scalar("tiles", 2), scalar("axis", 1)]);
    builder.ops(
      "Split",
      [
        wide,
        builder.constant(
          makeTensor({ name: "sizes", type: "float32", dims: [2], data: Float32Array.of(1, 3) }),
        ),
      ],
      {
        attributes: { axis: 1 },
        outputs: ["left", "y"],
      },
    );
    const model = builder.model({
      name: "constants",
      inputs: [makeValueInfo("x", { type: "float32", dims: [1, 2] })],
      outputs: [makeValueInfo("y", { type: "float32", dims: [1, 3] })],
      opset: 1,
    });
    const { y } = await runModel(upgradeOpset(model, 18), { x: float32([1, 2], [5, 7]) });
    expect(Array.from<unknown>(y.data)).toEqual([7, 5, 7]);
  });

  test.each<[string, Partial<Old>, string]>([
    ["dropout that drops", { opType: "Dropout" }, "Dropout n must be for inference, got is_test 0"],
    [
      "statistics of a batch",
      { opType: "BatchNormalization" },
      "BatchNormalization n must be for inference, got is_test 0",
    ],
    [
      "a cast to nothing",
      { opType: "Cast", opset: 1 },
      "Cast n must have an element type, got none",
    ],
    [
      "a broadcast that does not fit",
      { opType: "Add", attributes: { broadcast: 1, axis: 2 } },
      "Add n must have an axis from which the second input fits into the first, got 2",
    ],
    ["a split along nothing", { opType: "Split", opset: 1 }, "Split n must have an axis, got none"],
    [
      "a norm of a fraction",
      { opType: "LpPool", opset: 1, attributes: { p: { float: 1.5 } } },
      "LpPool n must have an integer p, got 1.5",
    ],
    [
      "repeats that are computed",
      { opType: "Tile", opset: 1 },
      "Tile n must have constant tiles and axis, and an input of a known rank, got x0, x1",
    ],
    [
      "another operator of that name",
      { opType: "MeanVarianceNormalization", opset: 1 },
      "MeanVarianceNormalization n must be of opset 9 or later, got the experimental one",
    ],
    [
      "an experiment",
      { opType: "Crop" },
      "Crop n must be a standard operator, got none of that name",
    ],
  ])("%s is refused by name", (_, changes, message) => {
    const inputs = [x23, float32([3], [1, 2, 3])];
    const old = { opset: 6, opType: "Add", inputs, dims: [2, 3], expected: [], ...changes };
    expect(() => upgradeOpset(modelOf(old), 18)).toThrow(`upgradeOpset: ${message}`);
  });
});
