import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  type AttributeValue,
  evaluateDim,
  GraphBuilder,
  inferShapes,
  makeTensor,
  makeValueInfo,
} from "../../src/graph.js";
import type { OnnxModel } from "../../src/index.js";
import { GraphProtoSchema, ValueInfoProtoSchema } from "../../src/model/schema.js";
import { type Feed, float32, runModel } from "../runtime/runModel.js";

interface Case {
  readonly opset: number;
  /** Writes the nodes that make `y0`, and `y1` where there are two. */
  readonly write: (builder: GraphBuilder) => void;
  readonly outputs?: number;
  readonly x?: readonly number[];
  /** The sizes of each output; `null` where one is known only when the model runs. */
  readonly known: readonly (readonly (number | null)[])[];
}

const strings = (b: GraphBuilder, ...items: string[]): string =>
  b.op("Constant", [], { attributes: { value_strings: { strings: items } } });

const op =
  (
    opType: string,
    inputs: (b: GraphBuilder) => readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ) =>
  (b: GraphBuilder): void => {
    b.ops(opType, inputs(b), { attributes, outputs: ["y0"] });
  };

const two =
  (opType: string, inputs: (b: GraphBuilder) => readonly string[]) =>
  (b: GraphBuilder): void => {
    b.ops(opType, inputs(b), { outputs: ["y0", "y1"] });
  };

/** A list of integers that is computed, and so as long as `parts` say together. */
const computed = (b: GraphBuilder, ...parts: readonly string[]): string =>
  b.op("Concat", parts, { attributes: { axis: 0 } });

/** An entry of a list that only the run tells. */
const counted = (b: GraphBuilder): string =>
  b.op("Reshape", [
    b.op("Cast", [b.op("ReduceSum", ["x"], { attributes: { keepdims: 0 } })], {
      attributes: { to: 7 },
    }),
    b.ints([1]),
  ]);

const cases: Readonly<Record<string, Case>> = {
  "StringConcat of a broadcast": {
    opset: 20,
    write: op("StringConcat", (b) => [strings(b, "a", "b"), strings(b, "c")]),
    known: [[2]],
  },
  StringSplit: {
    opset: 20,
    outputs: 2,
    write: two("StringSplit", (b) => [strings(b, "a b", "c")]),
    known: [[2, null], [2]],
  },
  RegexFullMatch: {
    opset: 20,
    write: op("RegexFullMatch", (b) => [strings(b, "a", "b", "c")], { pattern: "a" }),
    known: [[3]],
  },
  StringNormalizer: {
    opset: 12,
    write: op("StringNormalizer", (b) => [strings(b, "a", "b", "c")], {
      case_change_action: "UPPER",
    }),
    known: [[3]],
  },
  "StringNormalizer without some words": {
    opset: 12,
    write: op("StringNormalizer", (b) => [strings(b, "a", "b", "c")], {
      is_case_sensitive: 1,
      stopwords: { strings: ["a"] },
    }),
    known: [[null]],
  },
  TfIdfVectorizer: {
    opset: 9,
    write: op("TfIdfVectorizer", (b) => [b.ints([1, 2, 3])], {
      mode: "TF",
      min_gram_length: 1,
      max_gram_length: 1,
      max_skip_count: 0,
      ngram_counts: [0],
      ngram_indexes: [0, 4],
      pool_int64s: [1, 2],
    }),
    known: [[5]],
  },
  "STFT with a window": {
    opset: 17,
    x: [2, 16, 1],
    write: op("STFT", (b) => [
      "x",
      b.scalar("int64", 3),
      b.op("HannWindow", [b.scalar("int64", 6)]),
    ]),
    known: [[2, 4, 4, 2]],
  },
  "STFT of all frequencies": {
    opset: 17,
    x: [2, 16, 1],
    write: op("STFT", (b) => ["x", b.scalar("int64", 5), "", b.scalar("int64", 8)], {
      onesided: 0,
    }),
    known: [[2, 2, 8, 2]],
  },
  "DFT of one side, of another length": {
    opset: 17,
    x: [2, 9, 1],
    write: op("DFT", (b) => ["x", b.scalar("int64", 6)], { axis: 1, onesided: 1 }),
    known: [[2, 4, 2]],
  },
  "Pad by computed numbers": {
    opset: 17,
    x: [2, 3],
    write: op("Pad", (b) => ["x", computed(b, b.ints([1]), counted(b), b.ints([2, 1]))]),
    known: [[5, null]],
  },
  "Pad of some axes by numbers that are not known": {
    opset: 18,
    x: [2, 3, 4],
    write: op("Pad", (b) => ["x", b.op("Tile", [counted(b), b.ints([2])]), "", b.ints([-1])]),
    known: [[2, 3, null]],
  },
  "ReduceSum over an empty list of axes": {
    opset: 13,
    x: [2, 3],
    write: op("ReduceSum", (b) => ["x", b.ints([])]),
    known: [[1, 1]],
  },
  "ReduceMax over an empty list of axes": {
    opset: 18,
    x: [2, 3],
    write: op("ReduceMax", (b) => ["x", b.ints([])], { keepdims: 0 }),
    known: [[]],
  },
  "ReduceMean over an empty list of axes that says nothing": {
    opset: 18,
    x: [2, 3],
    write: op("ReduceMean", (b) => ["x", b.ints([])], { noop_with_empty_axes: 1 }),
    known: [[2, 3]],
  },
  "Squeeze of an empty list of axes": {
    opset: 13,
    x: [2, 1],
    write: op("Squeeze", (b) => ["x", b.ints([])]),
    known: [[2]],
  },
  "Unsqueeze of an empty list of axes": {
    opset: 13,
    x: [2, 1],
    write: op("Unsqueeze", (b) => ["x", b.ints([])]),
    known: [[2, 1]],
  },
  "Expand to an empty list of sizes": {
    opset: 13,
    x: [2, 1],
    write: op("Expand", (b) => ["x", b.ints([])]),
    known: [[2, 1]],
  },
  OptionalHasElement: {
    opset: 18,
    x: [2, 1],
    write: op("OptionalHasElement", () => ["x"]),
    known: [[]],
  },
  OptionalGetElement: {
    opset: 18,
    x: [2, 1],
    write: op("OptionalGetElement", () => ["x"]),
    known: [[2, 1]],
  },
  SequenceLength: {
    opset: 18,
    x: [2, 1],
    write: op("SequenceLength", (b) => [b.op("SequenceConstruct", ["x", "x"])]),
    known: [[]],
  },
  "an optional of a tensor": {
    opset: 18,
    x: [2, 3],
    write: op("OptionalGetElement", (b) => [b.op("Optional", ["x"])]),
    known: [[2, 3]],
  },
  "SequenceAt of pieces of one entry, whose axis goes": {
    opset: 18,
    x: [2, 3],
    write: op("SequenceAt", (b) => [
      b.op("SplitToSequence", ["x"], { attributes: { axis: 1, keepdims: 0 } }),
      b.scalar("int64", 2),
    ]),
    known: [[2]],
  },
  "SequenceAt of equal pieces": {
    opset: 18,
    x: [4, 3],
    write: op("SequenceAt", (b) => [
      b.op("SplitToSequence", ["x", b.scalar("int64", 2)], { attributes: { axis: 0 } }),
      b.scalar("int64", 1),
    ]),
    known: [[2, 3]],
  },
  "SequenceAt of pieces of given sizes, which differ": {
    opset: 18,
    x: [4, 3],
    write: op("SequenceAt", (b) => [
      b.op("SplitToSequence", ["x", b.ints([1, 3])], { attributes: { axis: 0 } }),
      b.scalar("int64", 1),
    ]),
    known: [[null, 3]],
  },
  "SequenceAt of tensors of different sizes": {
    opset: 18,
    x: [2, 3],
    write: op("SequenceAt", (b) => [
      b.op("SequenceErase", [
        b.op("SequenceConstruct", [
          "x",
          b.op("Concat", ["x", "x"], { attributes: { axis: 0 } }),
          "x",
        ]),
        b.scalar("int64", 0),
      ]),
      b.scalar("int64", 0),
    ]),
    known: [[null, 3]],
  },
  "ConcatFromSequence along an axis, and along a new one": {
    opset: 18,
    x: [2, 3],
    outputs: 2,
    write: (b) => {
      const both = b.op("SequenceConstruct", ["x", "x"]);
      b.op("ConcatFromSequence", [both], { attributes: { axis: 0 }, outputs: ["y0"] });
      b.op("ConcatFromSequence", [both], {
        attributes: { axis: -1, new_axis: 1 },
        outputs: ["y1"],
      });
    },
    known: [
      [null, 3],
      [2, 3, null],
    ],
  },
  "what was put into an empty sequence": {
    opset: 18,
    x: [2, 3],
    write: op("SequenceLength", (b) => [b.op("SequenceInsert", [b.op("SequenceEmpty", []), "x"])]),
    known: [[]],
  },
  "Pad by pads that PyTorch turns around as a matrix": {
    opset: 13,
    x: [1, 2, 5, 4],
    write: op("Pad", (b) => {
      const zeros = b.op("ConstantOfShape", [b.ints([4])], {
        attributes: {
          value: makeTensor({ name: "zero", type: "int64", dims: [1], data: BigInt64Array.of(0n) }),
        },
      });
      const all = b.op("Concat", [b.ints([1, 2, 3, 0]), zeros], { attributes: { axis: 0 } });
      const pairs = b.op("Reshape", [all, b.ints([-1, 2])]);
      const turned = b.op("Slice", [
        pairs,
        ...[[-1], [-9223372036854775807n], [0], [-1]].map((list) => b.ints(list)),
      ]);
      const rows = b.op("Transpose", [turned], { attributes: { perm: [1, 0] } });
      return ["x", b.op("Reshape", [rows, b.ints([-1])])];
    }),
    known: [[1, 2, 8, 7]],
  },
  "Scan of its first version": {
    opset: 8,
    x: [2, 5, 3],
    outputs: 2,
    write: (b) => {
      const start = makeTensor({
        name: "h0",
        type: "float32",
        dims: [2, 3],
        data: new Float32Array(6),
      });
      b.ops("Scan", ["", b.constant(start), "x"], {
        attributes: { body: sumBody(), num_scan_inputs: 1 },
        outputs: ["y0", "y1"],
      });
    },
    known: [
      [2, 3],
      [2, 5, 3, 1],
    ],
  },
};

/** Adds an entry to a state, and gives it with one more axis. */
function sumBody(): ReturnType<typeof create<typeof GraphProtoSchema>> {
  const b = new GraphBuilder("body");
  b.op("Add", ["h", "xt"], { outputs: ["next"] });
  b.op("Unsqueeze", ["next"], { attributes: { axes: [1] }, outputs: ["out"] });
  const value = (name: string, dims: readonly number[]) =>
    makeValueInfo(name, { type: "float32", dims });
  return create(GraphProtoSchema, {
    name: "body",
    node: b.nodes,
    input: [value("h", [3]), value("xt", [3])],
    output: [value("next", [3]), value("out", [3, 1])],
  });
}

function modelOf({ opset, write, outputs = 1, x }: Case): OnnxModel {
  const builder = new GraphBuilder();
  write(builder);
  return builder.model({
    name: "case",
    inputs: x === undefined ? [] : [makeValueInfo("x", { type: "float32", dims: x })],
    outputs: Array.from({ length: outputs }, (_, i) =>
      create(ValueInfoProtoSchema, { name: `y${i}` }),
    ),
    opset,
  });
}

describe("inferShapes: sizes of an operator's outputs are the runtime's, or open", () => {
  test.each(Object.entries(cases))("%s", async (_, item) => {
    const model = modelOf(item);
    const { x } = item;
    const size = x?.reduce((product, dim) => product * dim, 1) ?? 0;
    const feeds: Record<string, Feed> =
      x === undefined ? {} : { x: float32(x, new Float32Array(size).fill(0.25)) };
    const results = await runModel(model, feeds, "disabled");
    const infos = inferShapes(model);
    for (const [i, known] of item.known.entries()) {
      const dims = infos.get(`y${i}`)?.dims;
      const found = dims?.map((dim) => evaluateDim(dim, {}) ?? null);
      expect(found).toEqual(known);
      const expected = results[`y${i}`].dims.map((dim, axis) => known[axis] ?? dim);
      expect(results[`y${i}`].dims).toEqual(expected);
    }
  });
});
