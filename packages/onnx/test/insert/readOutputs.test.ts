import { dropout } from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo, type SkippedPlace } from "../../src/graph.js";
import {
  encodeModel,
  insertDropout,
  insertVariationalDropout,
  inspectDropout,
  type OnnxModel,
  stripDropout,
} from "../../src/index.js";

const variant = dropout({ rate: 0.5 });

/** Operators of several outputs, with those that hold floats. */
const operators = {
  LSTM: ["Y", "Y_h", "Y_c"],
  GRU: ["Y", "Y_h"],
  RNN: ["Y", "Y_h"],
  Split: ["first", "second"],
  TopK: ["values"],
} as const;

type Operator = keyof typeof operators;

/** The operator over x, with outputs of these names, `""` for none, and those of `read` read by a Relu or given on. */
function model(
  opType: Operator,
  outputs: readonly string[],
  { read = [], given = [] }: { read?: readonly string[]; given?: readonly string[] },
): OnnxModel {
  const builder = new GraphBuilder();
  const weights = (name: string, dims: readonly number[]): string => {
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  const gates = { LSTM: 4, GRU: 3, RNN: 1, Split: 0, TopK: 0 }[opType];
  const inputs =
    gates > 0
      ? ["x", weights("W", [1, gates * 4, 4]), weights("R", [1, gates * 4, 4])]
      : ["x", builder.ints(opType === "Split" ? [2, 2] : [2])];
  const attributes: Record<string, number> = gates > 0 ? { hidden_size: 4 } : { axis: 2 };
  builder.ops(opType, inputs, { name: "op", outputs, attributes });
  builder.op("Relu", ["x"], { name: "other", outputs: ["z"] });
  for (const name of read) builder.op("Relu", [name], { outputs: [`${name}.relu`] });
  const value = (name: string) => makeValueInfo(name, { type: "float32", dims: ["t", "b", 4] });
  const ends = read.map((name) => `${name}.relu`);
  return builder.model({
    name: "outputs",
    inputs: [value("x")],
    outputs: ["z", ...ends, ...given].map(value),
    opset: 15,
  });
}

const all = Object.keys(operators).filter((name): name is Operator => name in operators);
const cases = all.flatMap((opType) =>
  operators[opType].flatMap((name, at) =>
    [true, false].map((isWritten) => ({ opType, name, at, isWritten })),
  ),
);

describe.each(cases)("$opType of which $name is read, the others written: $isWritten", (one) => {
  const { opType, name, at, isWritten } = one;
  const outputs = operators[opType].map((other, i) => (i === at || isWritten ? other : ""));
  const written = opType === "TopK" ? [...outputs, "indices"] : outputs;

  test.each(["read", "given"] as const)(
    "noise is where it is %s, and goes without a trace",
    (how) => {
      const clean = model(opType, written, { [how]: [name] });
      const bytes = encodeModel(clean);
      for (const after of [
        { opType },
        { scope: "op" },
        (node: { name: string }) => node.name === "op",
      ]) {
        const noisy = insertDropout(clean, { variant, after });
        const { sites } = inspectDropout(noisy);
        expect(sites).toHaveLength(1);
        expect([sites[0].x, sites[0].output]).toContain(name);
        expect(encodeModel(insertDropout(noisy, { variant, after }))).toEqual(encodeModel(noisy));
        expect(encodeModel(stripDropout(noisy))).toEqual(bytes);
      }
    },
  );

  test("a tensor that nothing reads is an error, and no place", () => {
    const clean = model(opType, written, { read: [name] });
    const unread = written.filter((other) => other !== "" && other !== name);
    const { places } = inspectDropout(clean);
    expect(places.map(({ tensor }) => tensor)).toContain(name);
    for (const tensor of unread) {
      expect(places.map((place) => place.tensor)).not.toContain(tensor);
      expect(() => insertDropout(clean, { variant, after: { tensor } })).toThrow(
        `insertDropout: tensor must be read by a node or be an output, got ${tensor}, which nothing reads`,
      );
    }
  });
});

test("of several outputs that are read it is the first", () => {
  for (const opType of all) {
    const [first, ...others] = operators[opType];
    const clean = model(opType, [first, ...others], { read: [first, ...others] });
    expect(
      inspectDropout(insertDropout(clean, { variant, after: { opType } })).sites,
    ).toMatchObject([{ site: "op", x: first }]);
  }
});

test("a node of which nothing is read is not chosen", () => {
  const clean = model("LSTM", ["Y"], {});
  expect(() => insertDropout(clean, { variant, after: { opType: "LSTM" } })).toThrow(
    "insertDropout: after must choose a node, got none of type LSTM that makes floats which are read (the model has LSTM, Relu)",
  );
  expect(() => insertDropout(clean, { variant, after: ({ name }) => name === "op" })).toThrow(
    "insertDropout: after must choose a node, got a predicate that is true for none whose outputs are read",
  );
});

test("an input that nothing reads is an error", () => {
  const clean = model("LSTM", ["Y"], { read: ["Y"] });
  clean.graph.input.push(makeValueInfo("idle", { type: "float32", dims: [2] }));
  expect(() => insertDropout(clean, { variant, after: { tensor: "idle" } })).toThrow(
    "got idle, which nothing reads",
  );
});

test("insertVariationalDropout: an output that nothing reads gets no noise", () => {
  const rates = { inputRate: 0, stateRate: 0, outputRate: 0.5 };
  const clean = model("LSTM", ["Y", "Y_h"], {});
  expect(() => insertVariationalDropout(clean, rates)).toThrow(
    "insertVariationalDropout: LSTM op must have an output that is read, got Y, Y_h, which nothing reads",
  );
});

test("onSkip takes the tensors of unknown shape", () => {
  const clean = model("LSTM", ["Y"], { read: ["Y"] });
  const [unknown] = new GraphBuilder("", clean.graph).ops("Own", ["x"], { outputs: ["u"] });
  const builder = new GraphBuilder("", clean.graph);
  builder.op("Own", ["x"], { name: "own", outputs: [unknown] });
  builder.op("Relu", [unknown], { name: "far", outputs: ["f"] });
  clean.graph.node.push(...builder.nodes);
  clean.graph.node = clean.graph.node.map((node) =>
    node.opType === "Own" ? Object.assign(node, { domain: "own" }) : node,
  );
  clean.graph.output.push(
    Object.assign(makeValueInfo("f", { type: "float32", dims: [] }), { type: undefined }),
  );
  const options = { variant, after: { opType: "Relu" } } as const;
  expect(() => insertDropout(clean, options)).toThrow(
    "insertDropout: tensor f must have a known shape, got none",
  );
  const skipped: SkippedPlace[] = [];
  const noisy = insertDropout(clean, { ...options, onSkip: (place) => skipped.push(place) });
  expect(skipped).toMatchObject([
    { reason: "shape", tensor: "f", site: "far", node: { name: "far" } },
  ]);
  expect(inspectDropout(noisy).sites.map(({ site }) => site)).toEqual(["other", "Relu"]);
});
