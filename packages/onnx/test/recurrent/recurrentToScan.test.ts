import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  copyMessage,
  encodeModel,
  makeValueInfo,
  type OnnxModel,
  recurrentToScan,
  tensorInfoOf,
  type ValueInfoProto,
} from "../../src/index.js";
import { type Feed, runModel } from "../runModel.js";
import { type RecurrentCase, recurrentCases, recurrentModel } from "./recurrentModel.js";

type Outputs = Awaited<ReturnType<typeof runModel>>;

/**
 * Compares every output. The operator and the Scan add up to 5 + 5 + 3 products of a timestep in another order
 * and evaluate activations by other polynomials: some 10 roundings of 2^-24 of the largest value, through 5
 * timesteps that may each double them, are below 1e-5 of it.
 */
function expectClose(got: Outputs, expected: Outputs): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const name in expected) {
    expect(got[name].dims).toEqual(expected[name].dims);
    const [a, b] = [floatsOf(got[name]), floatsOf(expected[name])];
    const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    b.forEach((value, i) => {
      const error = Math.abs(value - a[i]) / largest;
      expect(error, `${name}[${i}]: ${a[i]} for ${value}`).toBeLessThan(1e-5);
    });
  }
}

const floatsOf = ({ data }: { readonly data: unknown }): Float32Array => {
  if (data instanceof Float32Array) return data;
  throw new TypeError("floatsOf: data must be float32");
};

const plainCase: RecurrentCase = {
  kind: "LSTM",
  opset: 14,
  direction: "forward",
  time: 3,
  batch: 2,
  features: 4,
  hidden: 5,
  layout: 0,
  bias: true,
  lengths: false,
  start: false,
  peepholes: false,
  constant: true,
  outputs: ["Y", "Y_h"],
  attributes: {},
  seed: 1,
};

/** How the axes of an output of layout 1 go to those of layout 0. */
const orders: Readonly<Record<string, readonly number[]>> = {
  Y: [1, 2, 0, 3],
  Y_h: [1, 0, 2],
  Y_c: [1, 0, 2],
};

const asFeed = (tensor: Outputs[string]): Feed => ({
  type: "float32",
  data: floatsOf(tensor),
  dims: tensor.dims,
});

/** The tensor with its axes in another order, as numpy's transpose does it. */
function permute({ data, dims }: Feed, order: readonly number[]): Feed {
  const sizes = order.map((axis) => dims[axis]);
  const strides = order.map((axis) => dims.slice(axis + 1).reduce((size, dim) => size * dim, 1));
  const moved = Float32Array.from({ length: data.length }, (_, i) => {
    let rest = i;
    let from = 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += (rest % sizes[axis]) * strides[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    return Number(data[from]);
  });
  return { type: "float32", data: moved, dims: sizes };
}

const permuted = (
  feeds: Readonly<Record<string, Feed>>,
  axes: Readonly<Record<string, readonly number[]>>,
): Record<string, Feed> =>
  Object.fromEntries(
    Object.entries(axes).flatMap(([name, order]) =>
      name in feeds ? [[name, permute(feeds[name], order)]] : [],
    ),
  );

/** The model with values of type float64 for inputs and outputs. */
function asFloat64(model: OnnxModel): OnnxModel {
  const wide = (value: ValueInfoProto): ValueInfoProto =>
    makeValueInfo(value.name, { type: "float64", dims: tensorInfoOf(value)?.dims ?? [] });
  const { input, output } = model.graph;
  const graph = copyMessage(model.graph, { input: input.map(wide), output: output.map(wide) });
  return copyMessage(model, { graph });
}

describe("recurrentToScan", () => {
  test("a Scan computes what the operator computes, of any attributes, inputs and opset", async () => {
    await fc.assert(
      fc.asyncProperty(recurrentCases, async (one) => {
        const { model, feeds } = recurrentModel(one);
        const expected = await runModel(model, feeds);
        // onnxruntime's operator has log(1 + exp(x)) for Softplus, which overflows above 88.
        fc.pre(
          Object.values(expected).every((tensor) =>
            floatsOf(tensor).every((y) => Math.abs(y) < 80),
          ),
        );
        const scanned = recurrentToScan(model);
        expect(scanned.graph.node.map(({ opType }) => opType)).not.toContain(one.kind);
        expectClose(await runModel(scanned, feeds), expected);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test("layout 1 is the same with its first axes exchanged", async () => {
    await fc.assert(
      fc.asyncProperty(recurrentCases, async (one) => {
        const timeFirst = { ...one, opset: 14 };
        const { model: plain, feeds } = recurrentModel(timeFirst);
        const { model } = recurrentModel({ ...timeFirst, layout: 1 });
        const exchanged = await runModel(recurrentToScan(model), {
          ...feeds,
          ...permuted(feeds, { X: [1, 0, 2], h0: [1, 0, 2], c0: [1, 0, 2] }),
        });
        // Written where it was: this is no other computation, so bits are equal.
        const expected = await runModel(recurrentToScan(plain), feeds);
        for (const [name, order] of Object.entries(orders)) {
          if (!(name in expected)) continue;
          const { data, dims } = permute(asFeed(exchanged[name]), order);
          expect(dims).toEqual(expected[name].dims);
          expect(data).toEqual(expected[name].data);
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test.each(["LSTM", "GRU"] as const)(
    "%s: an example of no timesteps ends in zeros, whatever it starts from",
    async (kind) => {
      const { model, feeds } = recurrentModel({ ...plainCase, kind, lengths: true, start: true });
      feeds.lengths = { type: "int32", data: Int32Array.of(0, 3), dims: [2] };
      expectClose(await runModel(recurrentToScan(model), feeds), await runModel(model, feeds));
    },
  );

  test("float64 is computed in float64", async () => {
    const { model, feeds } = recurrentModel({ ...plainCase, constant: false });
    const expected = await runModel(model, feeds);
    const double = recurrentToScan(asFloat64(model));
    const wide = Object.entries(feeds).map(([name, feed]): [string, Feed] => [
      name,
      { ...feed, type: "float64", data: Float64Array.from(feed.data, Number) },
    ]);
    const { Y } = await runModel(double, Object.fromEntries(wide));
    if (!(Y.data instanceof Float64Array)) throw new TypeError("Y must be float64");
    floatsOf(expected.Y).forEach((value, i) => {
      expect(Math.abs(Number(Y.data[i]) - value)).toBeLessThan(1e-6);
    });
    expect(Y.data).not.toEqual(Y.data.map(Math.fround));
  });

  test("the model is not changed, and a node that is not chosen stays", () => {
    const { model } = recurrentModel(plainCase);
    const before = encodeModel(model);
    expect(encodeModel(recurrentToScan(model, { nodes: () => false }))).toEqual(before);
    recurrentToScan(model);
    expect(encodeModel(model)).toEqual(before);
  });

  test("what it cannot rewrite is an error that names the node", () => {
    const rewrite = (changes: Partial<RecurrentCase>) => () =>
      recurrentToScan(recurrentModel({ ...plainCase, ...changes }).model);
    expect(rewrite({ opset: 8 })).toThrow(
      "recurrentToScan: model must have opset 9 or later for Scan, got 8",
    );
    const activations = (...strings: string[]) => ({ attributes: { activations: { strings } } });
    expect(rewrite(activations("Sigmoid", "Gelu", "Tanh"))).toThrow(
      "recurrentToScan: node rnn must have activations of ONNX, got Gelu",
    );
    expect(rewrite(activations("Sigmoid"))).toThrow(
      "recurrentToScan: node rnn must have 3 activations, got 1",
    );
    expect(rewrite(activations("Sigmoid", "Affine", "Tanh"))).toThrow(
      "recurrentToScan: node rnn must have an activation_alpha for Affine, got none",
    );
    const { model } = recurrentModel({ ...plainCase, constant: false });
    model.graph.input = [];
    expect(() => recurrentToScan(model)).toThrow(
      "recurrentToScan: tensor X of node rnn must hold float32 or float64, got an unknown type",
    );
    const [node] = model.graph.node;
    node.attribute = node.attribute.filter(({ name }) => name !== "hidden_size");
    expect(() => recurrentToScan(model)).toThrow(
      "recurrentToScan: hidden size of node rnn must be known, got neither hidden_size nor the shape of R",
    );
  });
});
