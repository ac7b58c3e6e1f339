import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyMessage, makeValueInfo, tensorInfoOf, type ValueInfoProto } from "../../src/graph.js";
import { encodeModel, type OnnxModel, recurrentToScan } from "../../src/index.js";
import { type Feed, floatsOf, runModel } from "../runtime/runModel.js";
import { expectClose } from "./expectClose.js";
import { batchFirst, timeFirst } from "./layouts.js";
import { plainCase, type RecurrentCase, recurrentCases, recurrentModel } from "./recurrentModel.js";

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
            floatsOf(tensor.data).every((y) => Math.abs(y) < 80),
          ),
        );
        const scanned = recurrentToScan(model);
        expect(scanned.graph.node.map(({ opType }) => opType)).not.toContain(one.kind);
        expectClose(await runModel(scanned, feeds), expected);
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  test("layout 1 is the same with its first axes exchanged", async () => {
    await fc.assert(
      fc.asyncProperty(recurrentCases, async (one) => {
        const plain = { ...one, opset: 14 };
        const { model: other, feeds } = recurrentModel(plain);
        const { model } = recurrentModel({ ...plain, layout: 1 });
        const exchanged = await runModel(recurrentToScan(model), batchFirst(feeds));
        const expected = await runModel(recurrentToScan(other), feeds);
        expectClose(timeFirst(exchanged), expected);
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
    floatsOf(expected.Y.data).forEach((value, i) => {
      expect(Math.abs(Number(Y.data[i]) - value)).toBeLessThan(1e-6);
    });
    expect(Y.data).not.toEqual(Y.data.map(Math.fround));
  });

  test("the model is not changed", () => {
    const { model } = recurrentModel(plainCase);
    const before = encodeModel(model);
    recurrentToScan(model);
    expect(encodeModel(model)).toEqual(before);
  });

  test.each([{ name: "lsmt" }, { opType: "GRU" }, () => false])(
    "nodes that choose nothing are an error: %o",
    (nodes) => {
      const { model } = recurrentModel(plainCase);
      expect(() => recurrentToScan(model, { nodes })).toThrow(/^recurrentToScan: nodes? must /);
    },
  );

  test("what it cannot rewrite is an error that names the node", () => {
    const rewrite = (changes: Partial<RecurrentCase>) => () =>
      recurrentToScan(recurrentModel({ ...plainCase, ...changes }).model);
    expect(rewrite({ opset: 8 })).toThrow(
      "recurrentToScan: model must have opset 9 or later for Scan, got 8",
    );
    const activations = (...strings: string[]) => ({ attributes: { activations: { strings } } });
    expect(rewrite(activations("Sigmoid", "Gelu", "Tanh"))).toThrow(
      "recurrentToScan: LSTM rnn must have activations of ONNX, got Gelu",
    );
    expect(rewrite(activations("Sigmoid"))).toThrow(
      "recurrentToScan: LSTM rnn must have 3 activations, got 1",
    );
    expect(rewrite(activations("Sigmoid", "Affine", "Tanh"))).toThrow(
      "recurrentToScan: LSTM rnn must have an activation_alpha for Affine, got none",
    );
    const { model } = recurrentModel({ ...plainCase, constant: false });
    for (const input of model.graph.input) delete input.type;
    expect(() => recurrentToScan(model)).toThrow(
      "recurrentToScan: tensor X of node rnn must hold float32 or float64, got an unknown type",
    );
    const [node] = model.graph.node;
    node.attribute = node.attribute.filter(({ name }) => name !== "hidden_size");
    expect(() => recurrentToScan(model)).toThrow(
      "recurrentToScan: hidden size of LSTM rnn must be known, got neither hidden_size nor the shape of R",
    );
  });
});
