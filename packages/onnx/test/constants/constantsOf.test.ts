import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  constantsOf,
  copyMessage,
  GraphBuilder,
  graphAttribute,
  makeAttribute,
  makeTensor,
  makeValueInfo,
  type NodeProto,
  type TensorProto,
  type TensorType,
} from "../../src/graph.js";
import type { OnnxModel } from "../../src/index.js";
import { DataType, SparseTensorProtoSchema, TensorProtoSchema } from "../../src/model/schema.js";

const scalar = (name: string, value: number): TensorProto =>
  makeTensor({ name, type: "float32", dims: [], data: Float32Array.of(value) });

const input = (name: string, type: TensorType = "float32", dims: (string | number)[] = []) =>
  makeValueInfo(name, { type, dims });

interface Parts {
  readonly inputs?: readonly ReturnType<typeof makeValueInfo>[];
  readonly irVersion?: bigint;
}

/** A model of what the builder wrote, without outputs. */
function modelOf(build: (builder: GraphBuilder) => void, parts: Parts = {}): OnnxModel {
  const builder = new GraphBuilder();
  build(builder);
  const model = builder.model({ name: "g", inputs: parts.inputs ?? [], outputs: [], opset: 18 });
  return Object.assign(model, { irVersion: parts.irVersion ?? model.irVersion });
}

const elements = (model: OnnxModel, name: string) => constantsOf(model).elements(model.graph, name);

/** `[0, 7, 0, 0, 0, 8]` by the places of what is not 0, in row-major order or by axes. */
const sparse = (places: readonly number[], dims: readonly number[]) =>
  create(SparseTensorProtoSchema, {
    values: makeTensor({ name: "s", type: "float32", dims: [2], data: Float32Array.of(7, 8) }),
    indices: makeTensor({
      name: "",
      type: "int64",
      dims: places.length === 2 ? [2] : [2, 2],
      data: BigInt64Array.from(places, BigInt),
    }),
    dims: dims.map(BigInt),
  });

/** A Constant node `c` with one attribute. */
const withAttribute = (attribute: NodeProto["attribute"][number]): OnnxModel =>
  modelOf((b) => {
    b.op("Constant", [], { outputs: ["c"] });
    b.nodes[0].attribute = [attribute];
  });

describe("constantsOf: a Constant node holds what its attribute says, in every form", () => {
  const forms: readonly (readonly [
    NodeProto["attribute"][number],
    readonly number[] | undefined,
  ])[] = [
    [makeAttribute("value", scalar("", 3)), [3]],
    [makeAttribute("value_float", { float: 0.5 }), [0.5]],
    [makeAttribute("value_floats", { floats: [0.5, 2] }), [0.5, 2]],
    [makeAttribute("value_int", 4), [4]],
    [makeAttribute("value_ints", [4, -1]), [4, -1]],
    [makeAttribute("value_string", "text"), undefined],
    [makeAttribute("value_strings", { strings: ["a", "b"] }), undefined],
  ];
  for (const [attribute, expected] of forms) {
    test(attribute.name, () => {
      const model = withAttribute(attribute);
      expect(elements(model, "c")).toEqual(expected);
      expect(constantsOf(model).isConstant(model.graph, "c")).toBe(true);
    });
  }

  for (const [what, places, dims] of [
    ["sparse_value by places", [1, 5], [6]],
    ["sparse_value by axes", [0, 1, 1, 2], [2, 3]],
  ] as const) {
    test(what, () => {
      const attribute = makeAttribute("sparse_value", 0);
      attribute.sparseTensor = sparse(places, dims);
      expect(elements(withAttribute(attribute), "c")).toEqual([0, 7, 0, 0, 0, 8]);
    });
  }

  test("sparse_value: many zeros of a few bytes are not written out", () => {
    const attribute = makeAttribute("sparse_value", 0);
    attribute.sparseTensor = sparse([1, 5], [1e9]);
    expect(elements(withAttribute(attribute), "c")).toBeUndefined();
  });
});

test("constantsOf: a sparse initializer is a constant", () => {
  const model = modelOf(() => {});
  model.graph.sparseInitializer = [sparse([1, 5], [6])];
  expect(elements(model, "s")).toEqual([0, 7, 0, 0, 0, 8]);
});

describe("constantsOf: elements of every type of numbers, in raw bytes and in fields", () => {
  const raw = (view: ArrayBufferView): Uint8Array<ArrayBuffer> =>
    new Uint8Array(view.buffer.slice(0) as ArrayBuffer);
  // 1.5 and -2^-24, the smallest half, as bits; then 1.5 and -2 as upper halves of a float32.
  const half = Uint16Array.of(0x3e00, 0x8001);
  const brain = Uint16Array.of(0x3fc0, 0xc000);
  const cases: readonly (readonly [
    keyof typeof DataType,
    ArrayBufferView,
    Partial<TensorProto>,
    readonly number[],
  ])[] = [
    ["FLOAT", Float32Array.of(1.5, -2), { floatData: [1.5, -2] }, [1.5, -2]],
    ["DOUBLE", Float64Array.of(0.1, -2), { doubleData: [0.1, -2] }, [0.1, -2]],
    ["FLOAT16", half, { int32Data: [...half] }, [1.5, -(2 ** -24)]],
    ["BFLOAT16", brain, { int32Data: [...brain] }, [1.5, -2]],
    ["INT8", Int8Array.of(-1, 2), { int32Data: [-1, 2] }, [-1, 2]],
    ["INT16", Int16Array.of(-1, 2), { int32Data: [-1, 2] }, [-1, 2]],
    ["INT32", Int32Array.of(-1, 2), { int32Data: [-1, 2] }, [-1, 2]],
    ["INT64", BigInt64Array.of(-1n, 2n), { int64Data: [-1n, 2n] }, [-1, 2]],
    ["BOOL", Uint8Array.of(0, 1), { int32Data: [0, 1] }, [0, 1]],
    ["UINT8", Uint8Array.of(255, 1), { int32Data: [255, 1] }, [255, 1]],
    ["UINT16", Uint16Array.of(65535, 1), { int32Data: [65535, 1] }, [65535, 1]],
    ["UINT32", Uint32Array.of(4e9, 1), { uint64Data: [4_000_000_000n, 1n] }, [4e9, 1]],
    ["UINT64", BigUint64Array.of(8n, 1n), { uint64Data: [8n, 1n] }, [8, 1]],
  ];
  for (const [type, view, fields, expected] of cases) {
    test(type, () => {
      const base = { name: "c", dataType: DataType[type], dims: [2n] };
      for (const data of [{ rawData: raw(view) }, fields]) {
        const tensor = copyMessage(create(TensorProtoSchema, base), data);
        const model = modelOf((b) => void b.constant(tensor));
        expect(elements(model, "c")).toEqual(expected);
      }
    });
  }

  test("float16: infinities and NaN", () => {
    const bits = Uint16Array.of(0x7c00, 0xfc00, 0x7e00);
    const tensor = create(TensorProtoSchema, {
      ...{ name: "c", dataType: DataType.FLOAT16, dims: [3n] },
      rawData: raw(bits),
    });
    expect(
      elements(
        modelOf((b) => void b.constant(tensor)),
        "c",
      ),
    ).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
  });

  test("data that does not fit the sizes, or is not there, is not known", () => {
    const tensor = copyMessage(scalar("c", 1), { dims: [2n] });
    expect(
      elements(
        modelOf((b) => void b.constant(tensor)),
        "c",
      ),
    ).toBeUndefined();
  });
});

describe("constantsOf: an initializer that is an input too", () => {
  const build = (b: GraphBuilder): void => void b.constant(scalar("w", 1));
  const inputs = [input("w")];

  test("is a constant before IR version 4, where every initializer had to be one", () => {
    expect(elements(modelOf(build, { inputs, irVersion: 3n }), "w")).toEqual([1]);
  });

  test("has a value that a caller may replace from IR version 4 on, and is a weight still", () => {
    const model = modelOf(build, { inputs, irVersion: 4n });
    expect(elements(model, "w")).toBeUndefined();
    expect(constantsOf(model).isConstant(model.graph, "w")).toBe(true);
  });
});

test("constantsOf: lists that follow from constants and known sizes are known", () => {
  const model = modelOf(
    (b) => {
      const range = b.op("Range", [
        b.scalar("int64", 1),
        b.scalar("int64", 3),
        b.scalar("int64", 1),
      ]);
      const rank = b.op("Shape", [b.op("Shape", ["x"])]);
      const whole = b.op("Cast", [b.constant(scalar("f", 3))], {
        attributes: { to: DataType.INT64 },
      });
      const more = b.op("Unsqueeze", [whole, b.ints([0])]);
      const all = b.op("Concat", [range, rank, more], { attributes: { axis: 0 } });
      b.op("Gather", [all, b.ints([3, 0])], { outputs: ["picked"] });
      b.op("Reshape", [all, b.ints([-1])], { outputs: ["all"] });
      b.op("Shape", ["x"], { outputs: ["sizes"] });
    },
    { inputs: [input("x", "float32", ["batch", 5, 7])] },
  );
  expect(elements(model, "all")).toEqual([1, 2, 3, 3]);
  expect(elements(model, "picked")).toEqual([3, 1]);
  // One of the sizes is known only at the run.
  expect(elements(model, "sizes")).toBeUndefined();
});

test("constantsOf: a nested graph sees the constants around it, and hides those that it has names for", () => {
  const builder = new GraphBuilder();
  builder.constant(scalar("outer", 2));
  builder.constant(scalar("hidden", 3));
  const inner = builder.nested("inner");
  inner.op("Constant", [], { attributes: { value_float: { float: 5 } }, outputs: ["own"] });
  inner.op("Identity", ["outer"], { outputs: ["same"] });
  const body = inner.graph({
    name: "body",
    inputs: [input("i", "int64"), input("go", "bool"), input("hidden")],
    outputs: [input("go", "bool"), input("own")],
  });
  builder.op("Loop", [builder.scalar("int64", 3), "", "hidden"], {
    attributes: { body },
    outputs: ["last"],
  });
  const model = builder.model({ name: "g", inputs: [], outputs: [], opset: 18 });
  const graph = graphAttribute(model.graph.node[0], "body") ?? model.graph;
  const constants = constantsOf(model);
  const seen = ["outer", "own", "same", "hidden", "i"].map((name) =>
    constants.elements(graph, name),
  );
  expect(seen).toEqual([[2], [5], [2], undefined, undefined]);
  expect(constants.elements(model.graph, "hidden")).toEqual([3]);
  expect(constants.isConstant(graph, "outer")).toBe(true);
  expect(constants.isConstant(graph, "hidden")).toBe(false);
  // Names of a nested graph mean nothing outside.
  expect(constants.elements(model.graph, "own")).toBeUndefined();
});

test("constantsOf: what is drawn, or fed, is no weight; what nodes make of weights is one", () => {
  const model = modelOf(
    (b) => {
      b.constant(scalar("w", 2));
      b.op("Sqrt", ["w"], { outputs: ["root"] });
      b.op("RandomNormalLike", ["w"], { outputs: ["drawn"] });
      b.op("Mul", ["root", "x"], { outputs: ["y"] });
      b.op("Mul", ["drawn", "w"], { outputs: ["noisy"] });
    },
    { inputs: [input("x")] },
  );
  const { isConstant } = constantsOf(model);
  const known = ["w", "root", "drawn", "noisy", "x", "y", "absent"].map((name) =>
    isConstant(model.graph, name),
  );
  expect(known).toEqual([true, true, false, false, false, false, false]);
});

test("constantsOf: the constants are those of the model as it was, whatever becomes of its nodes", () => {
  const model = modelOf((b) => {
    const sum = b.op("Add", [b.ints([1]), b.ints([2])]);
    b.op("Identity", [sum], { outputs: ["sum"] });
  });
  const constants = constantsOf(model);
  model.graph.node.length = 0;
  expect(constants.elements(model.graph, "sum")).toEqual([3]);
});
