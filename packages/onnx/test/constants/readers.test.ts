import { create } from "@bufbuild/protobuf";
import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import {
  encodeModel,
  insertDropConnect,
  insertDropout,
  inspectDropout,
  maskFeeds,
  type OnnxModel,
  stripDropout,
  upgradeOpset,
} from "../../src/index.js";
import {
  DataType,
  FunctionProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from "../../src/model/schema.js";

/** Writes a number into a graph, and returns the tensor. */
type Way = (builder: GraphBuilder, value: number) => string;

const cast = (builder: GraphBuilder, tensor: string, to: DataType): string =>
  builder.op("Cast", [tensor], { attributes: { to } });

/** A scalar of a 16-bit type, of a number whose lower half as a float32 is 0, or whose half float is exact. */
const bits16 =
  (dataType: DataType, bitsOf: (value: number) => number): Way =>
  (builder, value) => {
    const rawData = new Uint8Array(Uint16Array.of(bitsOf(value)).buffer);
    const name = builder.uniqueName("half");
    return builder.constant(create(TensorProtoSchema, { name, dataType, dims: [], rawData }));
  };
const wordsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];
/** Of a power of two: 5 bits of exponent with bias 15. */
const halfOf = (value: number): number => (Math.log2(value) + 15) << 10;

/** The ways to write a float. */
const floatWays: Readonly<Record<string, Way>> = {
  "an initializer": (builder, value) => builder.scalar("float32", value),
  "an initializer of float16": bits16(DataType.FLOAT16, halfOf),
  "an initializer of bfloat16": bits16(DataType.BFLOAT16, (value) => wordsOf(value) >>> 16),
  "a Constant node's tensor": (builder, value) => {
    const data = Float32Array.of(value);
    const tensor = makeTensor({ name: "", type: "float32", dims: [], data });
    return builder.op("Constant", [], { attributes: { value: tensor } });
  },
  value_float: (builder, value) =>
    builder.op("Constant", [], { attributes: { value_float: { float: value } } }),
  value_floats: (builder, value) =>
    builder.op("Constant", [], { attributes: { value_floats: { floats: [value] } } }),
  "an element of a list": (builder, value) => {
    const attributes = { value_floats: { floats: [9, value] } };
    const list = builder.op("Constant", [], { attributes });
    return builder.op("Gather", [list, builder.scalar("int64", 1)]);
  },
  "a quotient of integers": (builder, value) => {
    const eighths = builder.op("Constant", [], { attributes: { value_int: 8 * value } });
    const eight = builder.op("Constant", [], { attributes: { value_float: { float: 8 } } });
    return builder.op("Div", [cast(builder, eighths, DataType.FLOAT), eight]);
  },
};

/** The ways to write an integer. */
const integerWays: Readonly<Record<string, Way>> = {
  "an initializer": (builder, value) => builder.scalar("int64", value),
  value_int: (builder, value) => builder.op("Constant", [], { attributes: { value_int: value } }),
  value_ints: (builder, value) =>
    builder.op("Constant", [], { attributes: { value_ints: [value] } }),
  "a size of a known shape": (builder, value) => {
    const zeros = builder.op("ConstantOfShape", [builder.ints([2, value])]);
    const sizes = builder.op("Shape", [zeros]);
    return builder.op("Squeeze", [
      builder.op("Slice", [sizes, builder.ints([1]), builder.ints([2])]),
    ]);
  },
  "the last of a range": (builder, value) => {
    const [zero, one] = [builder.scalar("int64", 0), builder.scalar("int64", 1)];
    const range = builder.op("Range", [one, builder.scalar("int64", value + 1), one]);
    const joined = builder.op("Concat", [range, builder.ints([7])], { attributes: { axis: 0 } });
    return builder.op("Gather", [
      joined,
      builder.op("Sub", [builder.scalar("int64", value), builder.op("Add", [zero, one])]),
    ]);
  },
};

const value = { type: "float32", dims: [2, 4] } as const;

function modelOf(write: (builder: GraphBuilder) => void): OnnxModel {
  const builder = new GraphBuilder();
  write(builder);
  return builder.model({
    name: "g",
    inputs: [makeValueInfo("x", value)],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
}

/** `x * (uniform < keep) / keep`, as exporters write feature dropout. */
function writePattern(builder: GraphBuilder, keep: string): void {
  const uniform = builder.op("RandomUniformLike", ["x"]);
  const mask = cast(builder, builder.op("Less", [uniform, keep]), DataType.FLOAT);
  builder.op("Div", [builder.op("Mul", ["x", mask]), keep], { outputs: ["y"] });
}

const dropoutOf = (model: OnnxModel) =>
  inspectDropout(model).sites.map(({ kind, rate, training }) => ({ kind, rate, training }));

describe.each(Object.entries(floatWays))("a number that is %s", (_, write) => {
  test("is the rate of a Dropout", () => {
    const model = modelOf((builder) => {
      const training = builder.op("Constant", [], { attributes: { value_int: 1 } });
      const mode = cast(builder, training, DataType.BOOL);
      builder.op("Dropout", ["x", write(builder, 0.25), mode], { outputs: ["y"] });
    });
    expect(dropoutOf(model)).toEqual([{ kind: "Dropout", rate: 0.25, training: true }]);
  });

  test("is the probability of a pattern, in the graph and around it", () => {
    const here = modelOf((builder) => writePattern(builder, write(builder, 0.5)));
    const builder = new GraphBuilder();
    const keep = write(builder, 0.5);
    const [then, otherwise] = ["then", "else"].map((name) => {
      const branch = builder.nested(name);
      if (name === "then") writePattern(branch, keep);
      else branch.op("Identity", ["x"], { outputs: ["y"] });
      const outputs = [makeValueInfo("y", value)];
      return branch.graph({ name, inputs: [], outputs });
    });
    builder.op("If", ["choose"], {
      name: "if",
      attributes: { then_branch: then, else_branch: otherwise },
      outputs: ["z"],
    });
    const around = builder.model({
      name: "g",
      inputs: [makeValueInfo("x", value), makeValueInfo("choose", { type: "bool", dims: [] })],
      outputs: [makeValueInfo("z", value)],
      opset: 18,
    });
    for (const model of [here, around]) {
      expect(dropoutOf(model)).toEqual([{ kind: "pattern", rate: 0.5, training: true }]);
    }
  });
});

describe.each(Object.entries(integerWays))("an integer that is %s", (_, write) => {
  test("counts the iterations of a Loop, so that its noise can be fed", () => {
    const builder = new GraphBuilder();
    const trips = write(builder, 3);
    const inner = builder.nested("inner");
    inner.op("Relu", ["v"], { name: "relu", outputs: ["v.next"] });
    inner.op("Identity", ["go"], { outputs: ["on"] });
    const body = inner.graph({
      name: "body",
      inputs: [
        makeValueInfo("i", { type: "int64", dims: [] }),
        makeValueInfo("go", { type: "bool", dims: [] }),
        makeValueInfo("v", value),
      ],
      outputs: [makeValueInfo("on", { type: "bool", dims: [] }), makeValueInfo("v.next", value)],
    });
    builder.op("Loop", [trips, "", "x"], { name: "loop", attributes: { body }, outputs: ["y"] });
    const [inputs, outputs] = [[makeValueInfo("x", value)], [makeValueInfo("y", value)]];
    const model = builder.model({ name: "g", inputs, outputs, opset: 18 });
    const noisy = insertDropout(model, {
      variant: dropout({ rate: 0.5 }),
      after: { opType: "Relu" },
    });
    const drawn = Object.values(maskFeeds(noisy, { seed: 1, step: 0 }));
    expect(drawn.map(({ dims }) => dims)).toEqual([[3, 2, 4]]);
  });
});

describe("an initializer that is an input too", () => {
  const model = (irVersion: bigint): OnnxModel => {
    const made = modelOf((builder) => {
      const data = Float32Array.of(0.25);
      builder.constant(makeTensor({ name: "p", type: "float32", dims: [], data }));
      builder.op("Dropout", ["x", "p"], { outputs: ["y"] });
    });
    made.graph.input.push(makeValueInfo("p", { type: "float32", dims: [] }));
    return Object.assign(made, { irVersion });
  };

  test("is a rate before IR version 4, and a value that a caller may replace after", () => {
    const rates = [3n, 4n].map((version) => inspectDropout(model(version)).sites[0].rate);
    expect(rates).toEqual([0.25, undefined]);
  });

  test("is no place for dropout", () => {
    const places = inspectDropout(model(4n)).places.map(({ tensor }) => tensor);
    expect(places).toEqual(["x"]);
  });
});

test("inspectDropout: a bias in a Constant node is none of the values that a convolution gives on", () => {
  const builder = new GraphBuilder();
  const list = (dims: readonly number[]) => ({
    value: makeTensor({ name: "", type: "float32", dims, data: new Float32Array(4) }),
  });
  const kernel = builder.op("Constant", [], { attributes: list([4, 1, 1, 1]) });
  const bias = builder.op("Constant", [], { attributes: list([1, 4, 1, 1]) });
  const maps = builder.op("Add", [bias, builder.op("Conv", ["x", kernel])]);
  builder.op("Dropout", [maps], { outputs: ["d"] });
  builder.op("ReduceMean", ["d"], { outputs: ["y"] });
  const model = builder.model({
    name: "maps",
    inputs: [makeValueInfo("x", { type: "float32", dims: [1, 1, 8, 8] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: [1, 1, 1, 1] })],
    opset: 18,
  });
  expect(inspectDropout(model).pitfalls.map(({ code }) => code)).toEqual(["entriesOfMaps"]);
});

test("insertDropConnect: a weight in a Constant node is one, a product of what is drawn or fed has none", () => {
  const builder = new GraphBuilder();
  const data = new Float32Array(16).fill(1);
  const attributes = { value: makeTensor({ name: "", type: "float32", dims: [4, 4], data }) };
  const w = builder.op("Constant", [], { attributes });
  const layer = builder.op("MatMul", ["x", w], { name: "layer" });
  const drawn = builder.op("RandomNormalLike", [w]);
  const noisy = builder.op("MatMul", [layer, drawn], { name: "noisy" });
  builder.op("MatMul", [noisy, "z"], { name: "product", outputs: ["y"] });
  const model = builder.model({
    name: "g",
    inputs: [makeValueInfo("x", value), makeValueInfo("z", { type: "float32", dims: [4, 4] })],
    outputs: [makeValueInfo("y", value)],
    opset: 18,
  });
  const dropped = insertDropConnect(model, { rate: 0.5, nodes: { opType: "MatMul" } });
  expect(inspectDropout(dropped).sites.map(({ site, x }) => [site, x])).toEqual([["layer", w]]);
  expect(encodeModel(stripDropout(dropped))).toEqual(encodeModel(model));
});

test("upgradeOpset: scales that a Constant node of a function holds are constant", () => {
  const builder = new GraphBuilder();
  const data = Float32Array.of(1, 1, 2, 2);
  const tensor = makeTensor({ name: "", type: "float32", dims: [4], data });
  const scales = builder.op("Constant", [], { attributes: { value: tensor } });
  builder.op("Resize", ["a", scales], { outputs: ["b"] });
  const outer = new GraphBuilder();
  outer.op("twice", ["x"], { outputs: ["y"] });
  outer.nodes[0].domain = "own";
  const maps = { type: "float32", dims: [1, 1, 2, 2] } as const;
  const model = outer.model({
    name: "g",
    inputs: [makeValueInfo("x", maps)],
    outputs: [makeValueInfo("y", { ...maps, dims: [1, 1, 4, 4] })],
    opset: 10,
  });
  const imports = (domain: string, version: bigint) =>
    create(OperatorSetIdProtoSchema, { domain, version });
  model.opsetImport.push(imports("own", 1n));
  model.functions.push(
    create(FunctionProtoSchema, {
      ...{ name: "twice", domain: "own", input: ["a"], output: ["b"], node: builder.nodes },
      opsetImport: [imports("", 10n)],
    }),
  );
  const [body] = upgradeOpset(model, 11).functions;
  expect(body.node.map(({ opType }) => opType)).toContain("Resize");
});
