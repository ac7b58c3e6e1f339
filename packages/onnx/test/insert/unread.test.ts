import { describe, expect, test } from "vitest";
import { GraphBuilder, makeValueInfo } from "../../src/graph.js";
import {
  dropout,
  insertDropConnect,
  insertDropout,
  insertVariationalDropout,
  insertZoneout,
  type ModelLike,
  type OnnxModel,
  sampleDropConnect,
  stripDropout,
} from "../../src/index.js";

type Which = { readonly name: string } | { readonly opType: string };

/** A model of two equal layers over x, `read` and `unread`; nothing reads the second. */
function twoLayers(opType: "Gemm" | "LSTM"): OnnxModel {
  const builder = new GraphBuilder();
  const constant = (dims: readonly number[]): string =>
    builder.op("Expand", [builder.scalar("float32", 0.5), builder.ints(dims)]);
  const isLstm = opType === "LSTM";
  const weights = isLstm
    ? [constant([1, 12, 4]), constant([1, 12, 3])]
    : [constant([4, 3]), constant([3])];
  const attributes = { ...(isLstm && { hidden_size: 3 }) };
  for (const name of ["read", "unread"]) {
    builder.ops(opType, ["x", ...weights], { name, outputs: [`${name}.y`], attributes });
  }
  const dims = isLstm ? [2, 5, 4] : [5, 4];
  return builder.model({
    name: "two",
    opset: 17,
    inputs: [makeValueInfo("x", { type: "float32", dims: dims })],
    outputs: [makeValueInfo("read.y", { type: "float32", dims: isLstm ? [2, 1, 5, 3] : [5, 3] })],
  });
}

type Transform = (model: ModelLike, nodes: Which) => OnnxModel;

const transforms: readonly (readonly [string, "Gemm" | "LSTM", Transform])[] = [
  ["insertDropConnect", "Gemm", (model, nodes) => insertDropConnect(model, { rate: 0.5, nodes })],
  ["insertDropConnect", "LSTM", (model, nodes) => insertDropConnect(model, { rate: 0.5, nodes })],
  [
    "sampleDropConnect",
    "Gemm",
    (model, nodes) => sampleDropConnect(model, { rate: 0.5, samples: 4, nodes }),
  ],
  [
    "insertVariationalDropout",
    "LSTM",
    (model, nodes) =>
      insertVariationalDropout(model, { inputRate: 0.5, stateRate: 0.5, outputRate: 0.5, nodes }),
  ],
  [
    "insertZoneout",
    "LSTM",
    (model, nodes) => insertZoneout(model, { stateRate: 0.5, cellRate: 0, nodes }),
  ],
  [
    "insertDropout",
    "Gemm",
    (model, nodes) =>
      insertDropout(model, {
        variant: dropout({ rate: 0.5 }),
        after: "name" in nodes ? { tensor: `${nodes.name}.y` } : nodes,
      }),
  ],
];

describe.each(transforms)("%s of %s", (owner, opType, transform) => {
  test("of a name, a layer that nothing reads is refused", () => {
    expect(() => transform(twoLayers(opType), { name: "unread" })).toThrow(
      new RegExp(`^${owner}: .* read.*, got unread\\.y, which nothing reads$`),
    );
  });

  test("of a type, it is left alone, and stripped the model has what it had", () => {
    const model = twoLayers(opType);
    const noisy = transform(model, { opType });
    expect(noisy.graph.node.filter(({ name }) => name === "unread")).toEqual(
      model.graph.node.filter(({ name }) => name === "unread"),
    );
    expect(noisy.graph.node.length).toBeGreaterThan(model.graph.node.length);
    // Inference of DropConnect and zoneout is an expression, which stays.
    if (owner === "insertZoneout") return;
    const clean = stripDropout(noisy);
    expect(clean.graph.node.map(({ name, opType: type }) => `${type} ${name}`)).toEqual(
      model.graph.node.map(({ name, opType: type }) => `${type} ${name}`),
    );
  });
});

test.each(transforms.filter(([, opType]) => opType === "LSTM"))(
  "%s of %s: where nothing of the kind is read, that is the error",
  (owner, opType, transform) => {
    const model = twoLayers(opType);
    model.graph.node.splice(
      model.graph.node.findIndex(({ name }) => name === "read"),
      1,
    );
    model.graph.output.splice(0, 1, makeValueInfo("x", { type: "float32", dims: [2, 5, 4] }));
    expect(() => transform(model, { opType })).toThrow(new RegExp(`^${owner}: .*read`));
  },
);
