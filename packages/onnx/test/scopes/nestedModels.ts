import { create } from "@bufbuild/protobuf";
import { FunctionProtoSchema } from "onnx-buf";
import { GraphBuilder, type GraphProto, makeTensor, makeValueInfo } from "../../src/graph.js";
import type { OnnxModel } from "../../src/index.js";

const row = { type: "float32", dims: ["batch", 4] } as const;
const scalar = (type: "int64" | "bool") => ({ type, dims: [] }) as const;

interface Values {
  readonly [name: string]: Parameters<typeof makeValueInfo>[1];
}

const declare = (values: Values) =>
  Object.entries(values).map(([name, value]) => makeValueInfo(name, value));

function graph(
  build: (builder: GraphBuilder) => void,
  { inputs, outputs, opset = 18 }: { inputs: Values; outputs: Values; opset?: number },
): OnnxModel {
  const builder = new GraphBuilder();
  build(builder);
  return builder.model({ name: "g", inputs: declare(inputs), outputs: declare(outputs), opset });
}

const body = (...args: Parameters<typeof graph>): GraphProto => graph(...args).graph;

/** `y = choose ? relu(x) : neg(x)`; both branches name what they make alike. */
export function ifModel(): OnnxModel {
  const branch = (opType: string): GraphProto =>
    body((builder) => builder.op(opType, ["x"], { name: "act", outputs: ["r"] }), {
      inputs: {},
      outputs: { r: row },
    });
  return graph(
    (builder) =>
      builder.op("If", ["choose"], {
        name: "if",
        outputs: ["y"],
        attributes: { then_branch: branch("Relu"), else_branch: branch("Neg") },
      }),
    { inputs: { choose: scalar("bool"), x: row }, outputs: { y: row } },
  );
}

/** `times` times `v = 2 · relu(v)`, from x; all of the v are an output too. Unless `times` is a number, it is an input. */
export function loopModel(times: number | "times"): OnnxModel {
  const inside = body(
    (builder) => {
      builder.op("Relu", ["v"], { name: "relu", outputs: ["r"] });
      builder.op("Mul", ["r", "two"], { name: "double", outputs: ["next"] });
      builder.op("Identity", ["next"], { name: "copy", outputs: ["seen"] });
      builder.op("Identity", ["go"], { name: "on", outputs: ["still"] });
    },
    {
      inputs: { i: scalar("int64"), go: scalar("bool"), v: row },
      outputs: { still: scalar("bool"), next: row, seen: row },
    },
  );
  return graph(
    (builder) => {
      const two = { name: "two", type: "float32", dims: [], data: Float32Array.of(2) } as const;
      builder.constant(makeTensor(two));
      const trips = typeof times === "number" ? builder.scalar("int64", times) : times;
      const start = builder.op("Identity", ["x"], { name: "start", outputs: ["s"] });
      builder.ops("Loop", [trips, "", start], {
        name: "loop",
        outputs: ["y", "all"],
        attributes: { body: inside },
      });
    },
    {
      inputs: { x: row, ...(typeof times === "number" ? {} : { times: scalar("int64") }) },
      outputs: { y: row, all: { type: "float32", dims: ["n", "batch", 4] } },
    },
  );
}

/** Over time, `sum = sum + relu(x_t)`; all sums, and the last. */
export function scanModel(): OnnxModel {
  const inside = body(
    (builder) => {
      builder.op("Relu", ["x_t"], { name: "relu", outputs: ["r"] });
      builder.op("Add", ["sum", "r"], { name: "add", outputs: ["next"] });
      builder.op("Identity", ["next"], { name: "copy", outputs: ["seen"] });
    },
    { inputs: { sum: row, x_t: row }, outputs: { next: row, seen: row } },
  );
  return graph(
    (builder) => {
      builder.ops("Scan", ["zero", "x"], {
        name: "scan",
        outputs: ["last", "all"],
        attributes: { body: inside, num_scan_inputs: 1 },
      });
    },
    {
      inputs: { zero: row, x: { type: "float32", dims: ["time", "batch", 4] } },
      outputs: { last: row, all: { type: "float32", dims: ["time", "batch", 4] } },
    },
  );
}

/** `outer(x) = inner(inner(x))`, `inner(x) = alpha · relu(x)` as functions, alpha an attribute; called once as `call`. */
export function functionModel(): OnnxModel {
  const model = graph(
    (builder) => {
      builder.op("outer", ["x"], {
        name: "call",
        outputs: ["y"],
        attributes: { alpha: { float: 3 } },
      });
      builder.op("plain", ["x"], { name: "other", outputs: ["z"] });
    },
    { inputs: { x: row }, outputs: { y: row, z: row } },
  );
  model.opsetImport.push({ ...model.opsetImport[0], domain: "local", version: 1n });
  const opsetImport = [...model.opsetImport];
  for (const node of model.graph.node) node.domain = "local";
  const define = (name: string, build: (builder: GraphBuilder) => void): void => {
    const builder = new GraphBuilder();
    build(builder);
    const shape = { input: ["a"], output: ["b"], attribute: name === "plain" ? [] : ["alpha"] };
    model.functions.push(
      create(FunctionProtoSchema, {
        name,
        domain: "local",
        node: builder.nodes,
        opsetImport,
        ...shape,
      }),
    );
  };
  define("inner", (builder) => {
    builder.op("Relu", ["a"], { name: "relu", outputs: ["r"] });
    builder.op("Neg", ["r"], { name: "neg", outputs: ["n"] });
    builder.op("LeakyRelu", ["n"], {
      name: "leaky",
      outputs: ["l"],
      attributes: { alpha: { float: 0 } },
    });
    builder.op("Neg", ["l"], { name: "scale", outputs: ["b"] });
    Object.assign(builder.nodes[2].attribute[0], { refAttrName: "alpha", f: 0 });
  });
  define("outer", (builder) => {
    builder.op("inner", ["a"], {
      name: "first",
      outputs: ["m"],
      attributes: { alpha: { float: 0 } },
    });
    builder.op("inner", ["m"], {
      name: "second",
      outputs: ["b"],
      attributes: { alpha: { float: 2 } },
    });
    Object.assign(builder.nodes[0].attribute[0], { refAttrName: "alpha", f: 0 });
    for (const node of builder.nodes) node.domain = "local";
  });
  define("plain", (builder) => builder.op("Neg", ["a"], { name: "neg", outputs: ["b"] }));
  return model;
}
