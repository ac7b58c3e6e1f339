import { create } from "@bufbuild/protobuf";
import { FunctionProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import {
  copyModel,
  GraphBuilder,
  makeAttribute,
  makeValueInfo,
  type NodeProto,
} from "../../src/graph.js";
import { encodeModel, type OnnxModel } from "../../src/index.js";
import { inlineCalls } from "../../src/scopes/inlineCalls.js";
import { float32, floatsOf, runModel } from "../runtime/runModel.js";
import { functionModel } from "./nestedModels.js";

const owner = "test";
const x = float32([1, 4], [1, -2, 3, 0.5]);

interface Definition {
  readonly name: string;
  readonly input: string[];
  readonly output: string[];
  readonly attribute?: string[];
  readonly build: (builder: GraphBuilder) => void;
}

/** A model of what is built, whose functions are in the domain `local`. */
function model(
  build: (builder: GraphBuilder) => void,
  {
    functions,
    outputs = ["y"],
  }: { readonly functions: readonly Definition[]; readonly outputs?: readonly string[] },
): OnnxModel {
  const builder = new GraphBuilder();
  build(builder);
  const value = { type: "float32", dims: [1, 4] } as const;
  const made = builder.model({
    name: "calls",
    inputs: [makeValueInfo("x", value)],
    outputs: outputs.map((name) => makeValueInfo(name, value)),
    opset: 18,
  });
  const opsetImport = [...made.opsetImport];
  made.opsetImport.push({ ...made.opsetImport[0], domain: "local", version: 1n });
  const names = functions.map(({ name }) => name);
  const localize = (nodes: readonly NodeProto[]): void => {
    for (const node of nodes) if (names.includes(node.opType)) node.domain = "local";
  };
  localize(made.graph.node);
  for (const { build: define, ...shape } of functions) {
    const body = new GraphBuilder();
    define(body);
    localize(body.nodes);
    const node = body.nodes;
    made.functions.push(
      create(FunctionProtoSchema, { domain: "local", node, opsetImport, ...shape }),
    );
  }
  return made;
}

async function expectSame(
  before: OnnxModel,
  isWanted?: (node: NodeProto) => boolean,
): Promise<OnnxModel> {
  const bytes = encodeModel(before);
  const flat = copyModel(before);
  inlineCalls(flat, isWanted ? { owner, isWanted } : { owner });
  expect(Buffer.compare(encodeModel(before), bytes)).toBe(0);
  const [expected, results] = [await runModel(before, { x }), await runModel(flat, { x })];
  for (const name of Object.keys(expected)) {
    expect(floatsOf(results[name].data), name).toEqual(floatsOf(expected[name].data));
  }
  return flat;
}

describe("inlineCalls: the model computes what it did", () => {
  test("with functions in one another, whose attributes are the calls'", async () => {
    const flat = await expectSame(functionModel());
    expect(flat.functions).toEqual([]);
    expect(flat.graph.node.map(({ name }) => name)).toEqual([
      ...["relu", "neg", "leaky", "scale"].map((name) => `call/first/${name}`),
      ...["relu", "neg", "leaky", "scale"].map((name) => `call/second/${name}`),
      "other/neg",
    ]);
  });

  test("with only the calls inlined that lead to a wanted node", async () => {
    const flat = await expectSame(functionModel(), ({ opType }) => opType === "Neg");
    expect(flat.functions).toEqual([]);
    const none = await expectSame(functionModel(), ({ opType }) => opType === "Tanh");
    expect(encodeModel(none)).toEqual(encodeModel(functionModel()));
    const some = await expectSame(functionModel(), ({ opType }) => opType === "Relu");
    expect(some.graph.node.map(({ opType }) => opType)).toContain("plain");
    expect(some.functions.map(({ name }) => name)).toEqual(["plain"]);
  });

  test("with a default for an attribute, an input and an output left out, and one passed through", async () => {
    const before = model(
      (builder) => {
        builder.ops("clip", ["x", "", "x"], { name: "one", outputs: ["a", "same"] });
        builder.op("Add", ["a", "same"], { name: "add", outputs: ["y"] });
      },
      {
        functions: [
          {
            name: "clip",
            input: ["v", "low", "w"],
            output: ["r", "w", "unused"],
            build: (builder) => {
              builder.op("LeakyRelu", ["v"], {
                name: "leaky",
                outputs: ["l"],
                attributes: { alpha: { float: 0 } },
              });
              Object.assign(builder.nodes[0].attribute[0], { refAttrName: "slope" });
              builder.op("Clip", ["l", "low"], { name: "clip", outputs: ["r"] });
              builder.op("Neg", ["v"], { name: "neg", outputs: ["unused"] });
            },
          },
        ],
      },
    );
    before.functions[0].attributeProto.push(makeAttribute("slope", { float: 0.25 }));
    const flat = copyModel(before);
    inlineCalls(flat, { owner });
    // onnxruntime wants each output of a function to be made by a node of it, so it cannot run `before`.
    const { y } = await runModel(flat, { x });
    expect(floatsOf(y.data)).toEqual(Float32Array.of(2, -2.5, 6, 1));
  });

  test("with nested graphs in a function, and names that the model has already", async () => {
    const before = model(
      (builder) => {
        builder.op("Neg", ["x"], { name: "call/r", outputs: ["call/r"] });
        builder.op("pick", ["call/r"], { name: "call", outputs: ["y"] });
      },
      {
        functions: [
          {
            name: "pick",
            input: ["v"],
            output: ["z"],
            build: (builder) => {
              const branch = (opType: string) => {
                const inner = new GraphBuilder();
                inner.op(opType, ["r"], { outputs: ["b"] });
                const outputs = [makeValueInfo("b", { type: "float32", dims: [1, 4] })];
                return inner.model({ name: "g", inputs: [], outputs, opset: 18 }).graph;
              };
              builder.op("Relu", ["v"], { outputs: ["r"] });
              builder.op("ReduceMax", ["r"], { outputs: ["m"], attributes: { keepdims: 0 } });
              builder.op("Cast", ["m"], { outputs: ["c"], attributes: { to: 9 } });
              builder.op("If", ["c"], {
                outputs: ["z"],
                attributes: { then_branch: branch("Neg"), else_branch: branch("Abs") },
              });
            },
          },
        ],
      },
    );
    const flat = await expectSame(before);
    expect(flat.functions).toEqual([]);
  });
});

describe("inlineCalls: errors", () => {
  const double: Definition = {
    name: "double",
    input: ["v"],
    output: ["r"],
    build: (builder) => builder.op("Add", ["v", "v"], { name: "add", outputs: ["r"] }),
  };
  const call = (builder: GraphBuilder) =>
    builder.op("double", ["x"], { name: "call", outputs: ["y"] });

  test("a function of another version of operators; without a wanted node it stays", () => {
    const other = model(call, { functions: [double] });
    other.functions[0].opsetImport = [{ ...other.opsetImport[0], version: 17n }];
    expect(() => inlineCalls(copyModel(other), { owner, isWanted: () => true })).toThrow(
      "test: function double must use the model's version of operators, got 17 of ai.onnx",
    );
    const same = copyModel(other);
    inlineCalls(same, { owner });
    expect(encodeModel(same)).toEqual(encodeModel(other));
  });

  test("operators that only the function imports are imported", () => {
    const other = model(call, { functions: [double] });
    const extra = { ...other.opsetImport[0], domain: "com.example", version: 3n };
    other.functions[0].opsetImport = [...other.functions[0].opsetImport, extra];
    const flat = copyModel(other);
    inlineCalls(flat, { owner });
    expect(flat.opsetImport.map(({ domain }) => domain)).toEqual(["", "local", "com.example"]);
    expect(other.opsetImport).toHaveLength(2);
  });

  test("a function that calls itself", () => {
    const build = (builder: GraphBuilder) =>
      builder.op("double", ["v"], { name: "again", outputs: ["r"] });
    const endless = model(call, { functions: [{ ...double, build }] });
    expect(() => inlineCalls(endless, { owner })).toThrow(
      "test: function double must not call itself, got double call/again",
    );
  });
});
