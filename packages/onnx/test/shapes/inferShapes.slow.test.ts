import { existsSync, readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import {
  copyMessage,
  copyModel,
  type Dim,
  evaluateDim,
  GraphBuilder,
  inferNestedShapes,
  inferShapes,
  makeTensor,
  makeValueInfo,
  type NodeProto,
  tensorTypeOf,
  type ValueInfoProto,
} from "../../src/graph.js";
import { decodeModel, insertDropout, type OnnxModel } from "../../src/index.js";
import {
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  OperatorSetIdProtoSchema,
  ValueInfoProtoSchema,
} from "../../src/model/schema.js";
import { expectShapes } from "../operators/testOperators.js";
import { float32, runModel } from "../runtime/runModel.js";

const x = (...dims: Dim[]): ValueInfoProto => makeValueInfo("x", { type: "float32", dims });

/** A model over `x`, of what a function writes; its output's shape is not declared. */
function modelOf(
  write: (builder: GraphBuilder) => void,
  { inputs = [x("batch", "time", 8)], opset = 18 } = {},
): OnnxModel {
  const builder = new GraphBuilder();
  write(builder);
  const outputs = [create(ValueInfoProtoSchema, { name: "y" })];
  return builder.model({ name: "test", inputs, outputs, opset });
}

const dimsOf = (model: OnnxModel, name = "y"): readonly Dim[] | undefined =>
  inferShapes(model).get(name)?.dims;

const value = (name: string): ValueInfoProto => create(ValueInfoProtoSchema, { name });

/** A value of a known type whose shape is not declared. */
const typed = (name: string, elemType: number): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType } } },
  });

/** A graph for the attribute of a node, of what a function writes. */
function graphOf(
  name: string,
  {
    inputs = [],
    outputs,
    write,
  }: {
    readonly inputs?: readonly ValueInfoProto[];
    readonly outputs: readonly string[];
    readonly write: (builder: GraphBuilder) => void;
  },
): GraphProto {
  const builder = new GraphBuilder(name);
  write(builder);
  return create(GraphProtoSchema, {
    name,
    node: builder.nodes,
    initializer: builder.initializers,
    input: [...inputs],
    output: outputs.map(value),
  });
}

describe("inferShapes: sizes that a graph computes", () => {
  test("a list of sizes taken from a tensor's own, joined and reshaped to", () => {
    const model = modelOf((b) => {
      const shape = b.op("Shape", ["x"]);
      const batch = b.op("Unsqueeze", [b.op("Gather", [shape, b.scalar("int64", 0)]), b.ints([0])]);
      const time = b.op("Slice", [shape, b.ints([1]), b.ints([2])]);
      const width = b.op("Div", [b.ints([8]), b.ints([2])]);
      const sizes = b.op("Concat", [batch, time, b.ints([2]), width], { attributes: { axis: 0 } });
      b.op("Reshape", ["x", sizes], { outputs: ["y"] });
    });
    expect(dimsOf(model)).toEqual(["batch", "time", 2, 4]);
  });

  test("the size that -1 leaves", () => {
    const model = modelOf((b) => {
      b.op("Reshape", ["x", b.ints([-1, 4])], { outputs: ["y"] });
    });
    expect(dimsOf(model)).toEqual(["batch*time*2", 4]);
    const back = modelOf((b) => {
      const flat = b.op("Reshape", ["x", b.ints([-1, 8])]);
      b.op("Reshape", [flat, b.op("Shape", ["x"])], { outputs: ["y"] });
    });
    expect(dimsOf(back)).toEqual(["batch", "time", 8]);
  });

  test("Expand to sizes of which -1 keeps what is there, as PyTorch writes it", () => {
    const model = modelOf(
      (b) => {
        const wanted = b.op(
          "Concat",
          [b.op("Shape", ["x"], { attributes: { end: 1 } }), b.ints([-1, 8])],
          {
            attributes: { axis: 0 },
          },
        );
        const ones = b.op("ConstantOfShape", [b.ints([3])], {
          attributes: {
            value: makeTensor({ name: "", type: "int64", dims: [1], data: BigInt64Array.of(1n) }),
          },
        });
        const kept = b.op("Equal", [wanted, b.op("Mul", [ones, b.scalar("int64", -1)])]);
        b.op("Expand", ["x", b.op("Where", [kept, ones, wanted])], { outputs: ["y"] });
      },
      { inputs: [x("batch", 5, 1)] },
    );
    expect(dimsOf(model)).toEqual(["batch", 5, 8]);
  });

  test("Range over a named size, and a size scaled in floats", () => {
    const model = modelOf((b) => {
      const time = b.op("Gather", [b.op("Shape", ["x"]), b.scalar("int64", 1)]);
      b.op("Range", [b.scalar("int64", 0), time, b.scalar("int64", 1)], { outputs: ["y"] });
      const wide = b.op("Mul", [
        b.op("Cast", [time], { attributes: { to: 1 } }),
        b.scalar("float32", 2),
      ]);
      const size = b.op("Cast", [b.op("Floor", [wide])], { attributes: { to: 7 } });
      b.op("ConstantOfShape", [b.op("Unsqueeze", [size, b.ints([0])])], { outputs: ["z"] });
    });
    expect(dimsOf(model)).toEqual(["time"]);
    expect(dimsOf(model, "z")).toEqual(["time*2"]);
  });

  test("windows and slices over named sizes are formulas that give the runtime's sizes", async () => {
    const inputs = [x("batch", 2, "height", "width")];
    const model = modelOf(
      (b) => {
        const w = b.constant(
          makeTensor({
            name: "w",
            type: "float32",
            dims: [3, 2, 3, 3],
            data: new Float32Array(54),
          }),
        );
        const conv = b.op("Conv", ["x", w], {
          attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
        });
        const pool = b.op("MaxPool", [conv], {
          attributes: { kernel_shape: [2, 2], strides: [2, 2] },
        });
        b.op("Slice", [pool, b.ints([1]), b.ints([2 ** 31 - 1]), b.ints([3])], { outputs: ["y"] });
      },
      { inputs },
    );
    const dims = dimsOf(model);
    for (const [height, width] of [
      [16, 16],
      [17, 23],
      [30, 9],
    ]) {
      const sizes = { batch: 2, height, width };
      const data = new Float32Array(4 * height * width);
      const { y } = await runModel(model, { x: float32([2, 2, height, width], data) });
      expect(dims?.map((dim) => evaluateDim(dim, sizes))).toEqual(y.dims);
    }
  });
});

describe("inferShapes", () => {
  test("Constant nodes and initializers have the shape of their value, in every form", () => {
    const model = modelOf(
      (b) => {
        b.op("Constant", [], { attributes: { value_ints: [4, -1] }, outputs: ["shape"] });
        b.op("Constant", [], { attributes: { value_float: { float: 2 } }, outputs: ["two"] });
        b.op("Reshape", ["x", "shape"], { outputs: ["y"] });
      },
      { inputs: [x(8, 3)] },
    );
    expect(dimsOf(model, "shape")).toEqual([2]);
    expect(dimsOf(model, "two")).toEqual([]);
    expect(dimsOf(model)).toEqual([4, 6]);
  });

  test("a constant that a caller can replace has a shape, and no value", () => {
    const replaceable = (irVersion: bigint): OnnxModel => {
      const sizes = makeTensor({
        name: "s",
        type: "int64",
        dims: [2],
        data: BigInt64Array.of(3n, 8n),
      });
      const model = modelOf(
        (b) => {
          b.constant(sizes);
          b.op("Reshape", ["x", "s"], { outputs: ["y"] });
        },
        { inputs: [x(8, 3), makeValueInfo("s", { type: "int64", dims: [2] })] },
      );
      return copyModel(copyMessage(model, { irVersion }));
    };
    expect(dimsOf(replaceable(8n))).toEqual(["y.0", "y.1"]);
    expect(dimsOf(replaceable(3n))).toEqual([3, 8]);
  });

  test("a size that is not known is named after its tensor and axis, and its name goes on", () => {
    const model = modelOf(
      (b) => {
        b.op("Relu", [b.op("NonZero", ["x"], { outputs: ["found"] })], { outputs: ["y"] });
      },
      { inputs: [x(8, 3)] },
    );
    expect(dimsOf(model)).toEqual([2, "found.1"]);
    expect(
      dimsOf(modelOf((b) => b.op("Relu", ["x"], { outputs: ["y"] }), { inputs: [x("", 3)] })),
    ).toEqual(["x.0", 3]);
  });

  test("nothing is known of what has no rule, but what the model declares", () => {
    const model = modelOf((b) => b.op("Mystery", ["x"], { outputs: ["y"] }));
    expect([...inferShapes(model).keys()]).toEqual(["x"]);
    model.graph.output[0] = makeValueInfo("y", { type: "float32", dims: ["batch", 3] });
    expect(dimsOf(model)).toEqual(["batch", 3]);
  });

  test("a size that a file calls by a formula of its inputs' names is that formula", () => {
    const model = modelOf((b) => b.op("Relu", ["cut"], { outputs: ["y"] }));
    const cut = makeValueInfo("cut", {
      type: "float32",
      dims: ["2*batch", "(time//2) + 1", "s7//2"],
    });
    model.graph.valueInfo.push(cut);
    expect(dimsOf(model)).toEqual(["batch*2", "floor(time/2) + 1", "{s7//2}"]);
  });

  test("a table that is cut at a sequence's length leaves its length as it is", () => {
    const model = modelOf((b) => {
      const table = makeTensor({
        name: "table",
        type: "float32",
        dims: [1, 16, 8],
        data: new Float32Array(128),
      });
      const end = b.op("Slice", [b.op("Shape", ["x"]), b.ints([1]), b.ints([2])]);
      const cut = b.op("Slice", [b.constant(table), b.ints([0]), end, b.ints([1])]);
      b.op("Add", ["x", cut], { outputs: ["y"] });
    });
    expect(dimsOf(model)).toEqual(["batch", "time", 8]);
  });

  test("what is declared of a tensor that no node makes is known to its readers", () => {
    const model = modelOf((b) => b.op("Relu", ["cut"], { outputs: ["y"] }));
    model.graph.valueInfo.push(makeValueInfo("cut", { type: "float32", dims: ["batch", 3] }));
    expect(dimsOf(model)).toEqual(["batch", 3]);
  });

  test("what follows from the inputs goes before a declaration that is not up to date", () => {
    const model = modelOf((b) => b.op("Relu", ["x"], { outputs: ["y"] }));
    model.graph.output[0] = makeValueInfo("y", { type: "float32", dims: [1, 5, 8] });
    expect(dimsOf(model)).toEqual(["batch", "time", 8]);
  });

  test("sites of ours are known, so that a second transform can stand on them", () => {
    const noisy = insertDropout(
      modelOf((b) => b.op("Relu", ["x"], { outputs: ["y"] })),
      { variant: dropout({ rate: 0.5 }), after: { tensor: "x" }, site: () => "s" },
    );
    expect(dimsOf(noisy, "s/out")).toEqual(["batch", "time", 8]);
    expect(dimsOf(noisy)).toEqual(["batch", "time", 8]);
  });

  test("takes linear time: four times the nodes, four times the time", () => {
    const chain = (length: number): OnnxModel =>
      modelOf((b) => {
        let name = "x";
        for (let i = 0; i < length; i++) {
          const options = { name: `add${i}`, outputs: [`sum${i}`] };
          name = b.op("Add", [name, b.scalar("float32", i)], options);
        }
        b.op("Relu", [name], { outputs: ["y"] });
      });
    const best = (model: OnnxModel): number => {
      const times = Array.from({ length: 7 }, () => {
        const start = performance.now();
        expect(dimsOf(model)).toEqual(["batch", "time", 8]);
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    const [short, long] = [chain(4000), chain(16_000)];
    best(short);
    // Quadratic time would be 16 times as long.
    expect(best(long)).toBeLessThan(9 * best(short));
  });
});

/** Loop over `x`'s time: each turn adds a row to a state, scales another, and gives what it has. */
function loopModel(): OnnxModel {
  const body = graphOf("body", {
    inputs: [
      makeValueInfo("i", { type: "int64", dims: [] }),
      makeValueInfo("cond", { type: "bool", dims: [] }),
      typed("grows", 1),
      typed("stays", 1),
    ],
    outputs: ["goes", "grown", "scaled", "row"],
    write: (b) => {
      b.op("Identity", ["cond"], { outputs: ["goes"] });
      b.op("Concat", ["grows", "first"], { attributes: { axis: 0 }, outputs: ["grown"] });
      b.op("Add", ["stays", "stays"], { outputs: ["scaled"] });
      b.op("ReduceSum", ["scaled", b.ints([1])], { attributes: { keepdims: 0 }, outputs: ["row"] });
    },
  });
  return modelOf((b) => {
    const time = b.op("Gather", [b.op("Shape", ["x"]), b.scalar("int64", 1)]);
    b.op("Gather", ["x", b.ints([0])], { attributes: { axis: 0 }, outputs: ["first"] });
    b.ops("Loop", [time, "", "x", "x"], {
      name: "loop",
      attributes: { body },
      outputs: ["grows_last", "stays_last", "rows"],
    });
    b.op("Identity", ["rows"], { outputs: ["y"] });
  });
}

describe("inferNestedShapes", () => {
  test("Loop: what is carried unchanged keeps its shape, what grows forgets its size, what is scanned is stacked", async () => {
    const model = loopModel();
    const infos = inferShapes(model);
    expect(infos.get("stays_last")?.dims).toEqual(["batch", "time", 8]);
    expect(infos.get("grows_last")?.dims).toEqual(["grows_last.0", "time", 8]);
    expect(infos.get("rows")?.dims).toEqual(["time", "batch", 8]);
    const { y } = await runModel(model, { x: float32([2, 3, 8], new Float32Array(48)) });
    expect(y.dims).toEqual([3, 2, 8]);
    const [body] = model.graph.node.flatMap(({ attribute }) =>
      attribute.flatMap(({ g }) => g ?? []),
    );
    const inside = inferNestedShapes(model).get(body);
    expect(inside?.get("stays")?.dims).toEqual(["batch", "time", 8]);
    expect(inside?.get("i")?.dims).toEqual([]);
    expect(inside?.get("grows")?.dims).toEqual(["{loop.body/grows.0}", "time", 8]);
    expect(inside?.has("first")).toBe(false);
  });

  test("Scan: a body sees one entry, and what it gives is stacked along any axis", async () => {
    const body = graphOf("body", {
      inputs: [typed("h", 1), typed("xt", 1)],
      outputs: ["next", "out"],
      write: (b) => {
        b.op("Add", ["h", "xt"], { outputs: ["next"] });
        b.op("Unsqueeze", ["next", b.ints([1])], { outputs: ["out"] });
      },
    });
    const inputs = [x(4, "time", 8), makeValueInfo("h0", { type: "float32", dims: [4, 8] })];
    const model = modelOf(
      (b) => {
        b.ops("Scan", ["h0", "x"], {
          attributes: { body, num_scan_inputs: 1, scan_input_axes: [1], scan_output_axes: [2] },
          outputs: ["last", "y"],
        });
      },
      { inputs },
    );
    const feeds = {
      x: float32([4, 5, 8], new Float32Array(160)),
      h0: float32([4, 8], new Float32Array(32)),
    };
    expectShapes(model, await runModel(model, feeds), { sizes: { time: 5 }, partial: false });
    expect(inferNestedShapes(model).get(body)?.get("xt")?.dims).toEqual([4, 8]);
  });

  test("If: what both branches agree on, or the branch of a known condition", () => {
    const branch = (name: string, axes: number[]): GraphProto =>
      graphOf(name, {
        outputs: [`${name}_out`],
        write: (b) => {
          b.op("ReduceSum", ["x", b.ints(axes)], { outputs: [`${name}_out`] });
        },
      });
    const attributes = { then_branch: branch("then", [1]), else_branch: branch("else", [1, 2]) };
    const flag = makeValueInfo("flag", { type: "bool", dims: [] });
    const model = modelOf((b) => b.op("If", ["flag"], { attributes, outputs: ["y"] }), {
      inputs: [x("batch", 5, 8), flag],
    });
    expect(dimsOf(model)).toEqual(["batch", 1, "y.2"]);
    const fixed = modelOf(
      (b) => b.op("If", [b.scalar("bool", 1)], { attributes, outputs: ["y"] }),
      {
        inputs: [x("batch", 5, 8)],
      },
    );
    expect(dimsOf(fixed)).toEqual(["batch", 1, 8]);
  });

  test("a function of the model is gone through with what its call gives", () => {
    const builder = new GraphBuilder();
    builder.op("Transpose", ["a"], { attributes: { perm: [] }, outputs: ["b"] });
    const [node] = builder.nodes;
    node.attribute[0].refAttrName = "order";
    const model = modelOf((b) => {
      b.op("turn", ["x"], { attributes: { order: [1, 0, 2] }, outputs: ["y"] });
      b.nodes[0].domain = "mine";
    });
    model.functions.push(
      create(FunctionProtoSchema, {
        name: "turn",
        domain: "mine",
        input: ["a"],
        output: ["b"],
        attribute: ["order"],
        node: [node],
        opsetImport: [create(OperatorSetIdProtoSchema, { version: 18n })],
      }),
    );
    expect(dimsOf(model)).toEqual(["time", "batch", 8]);
  });

  test("functions that call themselves end", () => {
    const call = (): NodeProto => {
      const builder = new GraphBuilder();
      builder.op("again", ["a"], { outputs: ["b"] });
      builder.nodes[0].domain = "mine";
      return builder.nodes[0];
    };
    const model = modelOf((b) => {
      b.op("again", ["x"], { outputs: ["y"] });
      b.nodes[0].domain = "mine";
    });
    model.functions.push(
      create(FunctionProtoSchema, {
        name: "again",
        domain: "mine",
        input: ["a"],
        output: ["b"],
        node: [call(), call()],
      }),
    );
    expect(dimsOf(model)).toBeUndefined();
  });
});

const { DROPOUTKIT_DATA: data } = process.env;
const oracles = ["cnn_plain", "lstm_tokens", "mlp", "resnet_bn", "transformer"];

describe.skipIf(!data || !existsSync(`${data}/torch-oracle`))(
  "inferShapes: models from PyTorch",
  () => {
    test.each(oracles)("%s: every tensor has the shape that the runtime gives it", async (name) => {
      const model = decodeModel(readFileSync(`${data}/torch-oracle/${name}/model.onnx`));
      model.graph.valueInfo = [];
      const outputs = model.graph.node.flatMap(({ output }) =>
        output.filter((item) => item !== ""),
      );
      model.graph.output = outputs.map((item) => create(ValueInfoProtoSchema, { name: item }));
      const [input] = model.graph.input;
      const info = inferShapes(model).get(input.name);
      const dims = info?.dims.map(Number) ?? [];
      const size = dims.reduce((product, dim) => product * dim, 1);
      const feed =
        tensorTypeOf(info?.dataType ?? 0) === "int64"
          ? ({ type: "int64", dims, data: new BigInt64Array(size) } as const)
          : float32(dims, new Float32Array(size));
      const results = await runModel(model, { [input.name]: feed }, "disabled");
      expectShapes(model, results, { sizes: {}, partial: false });
      expect(inferShapes(model).size).toBeGreaterThanOrEqual(Object.keys(results).length);
    });
  },
);

describe("inferShapes: ends as large as int64 has them", () => {
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  const cut = (end: (builder: GraphBuilder) => string): OnnxModel =>
    modelOf((b) => b.op("Slice", ["x", b.ints([0]), end(b), b.ints([0])], { outputs: ["y"] }), {
      inputs: [x(5)],
    });

  test.each<[string, (builder: GraphBuilder) => string, number]>([
    ["moved", (b) => b.op("Identity", [b.ints([most])]), 5],
    ["wrapped by a sum", (b) => b.op("Add", [b.ints([most]), b.ints([1])]), 0],
    ["wrapped by a product", (b) => b.op("Mul", [b.ints([2 ** 62]), b.ints([2])]), 0],
    ["negated", (b) => b.op("Neg", [b.ints([least])]), 0],
  ])("an end that is %s is known rightly, or not at all", async (_, end, size) => {
    const model = cut(end);
    const [known] = dimsOf(model) ?? [];
    const { y } = await runModel(model, { x: float32([5], [1, 2, 3, 4, 5]) });
    expect(y.dims).toEqual([size]);
    if (typeof known === "number") expect(known).toBe(size);
  });

  test("two that a float64 does not tell apart are not said to be equal", async () => {
    const model = modelOf(
      (b) => {
        const equal = b.op("Equal", [b.ints([most]), b.ints([most - 1n])]);
        b.op("Expand", ["x", b.op("Cast", [equal], { attributes: { to: 7 } })], { outputs: ["y"] });
      },
      { inputs: [x()] },
    );
    expect(dimsOf(model)?.[0]).not.toBe(1);
  });
});
