import { dropConnect as dropConnectVariant } from "@dropoutkit/core";
import { evaluatePart } from "@dropoutkit/core/adapter";
import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo, sitesOf } from "../../src/graph.js";
import {
  encodeModel,
  insertDropConnect,
  maskFeeds,
  type OnnxModel,
  sampleDropConnect,
  stripDropout,
} from "../../src/index.js";
import { float32, runModel } from "../runtime/runModel.js";
import { valuesOf } from "../weights/layers.js";

const key = { seed: 3, step: 5 };
const rate = 0.4;
const samples = 7;
const x = float32([2, 4], valuesOf([2, 4], 9));
const kernel = valuesOf([4, 3]);
const bias = valuesOf([3], 2);

type Activation = (builder: GraphBuilder, y: string) => void;

/** `y = activation(x·w + b)` as a Gemm with a transposed weight, or as a MatMul and an Add. */
function dense(kind: "Gemm" | "MatMul", activation?: Activation, opset = 18): OnnxModel {
  const builder = new GraphBuilder();
  const linear = activation ? "linear" : "y";
  builder.constant(makeTensor({ name: "b", type: "float32", dims: [3], data: bias }));
  if (kind === "Gemm") {
    const data = Float32Array.from(
      { length: 12 },
      (_, i) => kernel[(i % 4) * 3 + Math.floor(i / 4)] / 2,
    );
    builder.constant(makeTensor({ name: "w", type: "float32", dims: [3, 4], data }));
    const attributes = { transB: 1, alpha: { float: 2 } };
    builder.op("Gemm", ["x", "w", "b"], { name: "fc", outputs: [linear], attributes });
  } else {
    builder.constant(makeTensor({ name: "w", type: "float32", dims: [4, 3], data: kernel }));
    builder.op("MatMul", ["x", "w"], { name: "fc", outputs: ["product"] });
    builder.op("Add", ["product", "b"], { name: "add", outputs: [linear] });
  }
  activation?.(builder, linear);
  return builder.model({
    name: "dense",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 4] })],
    outputs: [makeValueInfo("y", { type: "float32", dims: ["batch", 3] })],
    opset,
  });
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const activations: Readonly<Record<string, { emit?: Activation; of(v: number): number }>> = {
  none: { of: (v) => v },
  Relu: {
    emit: (builder, y) => builder.op("Relu", [y], { name: "act", outputs: ["y"] }),
    of: (v) => Math.max(v, 0),
  },
  Tanh: {
    emit: (builder, y) => builder.op("Tanh", [y], { name: "act", outputs: ["y"] }),
    of: Math.tanh,
  },
  "SiLU of two nodes": {
    emit: (builder, y) => builder.op("Mul", [y, builder.op("Sigmoid", [y])], { outputs: ["y"] }),
    of: (v) => v * sigmoid(v),
  },
  "a shift before the activation": {
    emit(builder, y) {
      const shifted = builder.op("Add", [y, builder.scalar("float32", 0.5)]);
      builder.op("Sigmoid", [shifted], { outputs: ["y"] });
    },
    of: (v) => sigmoid(v + 0.5),
  },
};

/** Core's draws `[samples, batch, units]`, the activation, and the mean over samples, in float64. */
function expected(of: (v: number) => number): number[] {
  const [, , part] = dropConnectVariant({ rate, samples }).parts;
  const tensor = (data: Float32Array, shape: readonly number[]) => ({
    shape,
    data: Float64Array.from(data),
  });
  const leaves = {
    x: tensor(valuesOf([2, 4], 9), [2, 4]),
    w: tensor(kernel, [4, 3]),
    b: tensor(bias, [3]),
  };
  const { value } = evaluatePart(part, { leaves, training: false, site: "fc", ...key });
  return Array.from({ length: 6 }, (_, i) => {
    const drawn = Array.from({ length: samples }, (_, s) =>
      of(value.data[s * 6 + i] + bias[i % 3]),
    );
    return drawn.reduce((a, b) => a + b, 0) / samples;
  });
}

// Values below 8: a dozen roundings of 2^-24 each, and normals within 2^-18 of 6 times a deviation below 2.
// The steepest activation, SiLU, has a slope below 1.1.
const tolerance = 1.1 * (12 * 8 * 2 ** -24 + 2 ** -18 * 6 * 2);

const options = { rate, samples, nodes: { name: "fc" } } as const;

describe.each(["feeds", "graph"] as const)("sampleDropConnect with noise from %s", (noise) => {
  describe.each(["Gemm", "MatMul"] as const)("of a %s", (kind) => {
    test.each(Object.keys(activations))(
      "activation %s: the mean of activations of core's draws",
      async (name) => {
        const { emit, of } = activations[name];
        const model = dense(kind, emit);
        const sampled = sampleDropConnect(model, { ...options, noise });
        for (const level of ["disabled", "basic", "extended", "all"] as const) {
          const feeds = maskFeeds(sampled, { ...key, dims: { batch: 2 } });
          const { y } = await runModel(sampled, { x, ...feeds }, level);
          expect(y.dims).toEqual([2, 3]);
          expected(of).forEach((mean, i) => {
            expect(Math.abs(Number(y.data[i]) - mean)).toBeLessThanOrEqual(tolerance);
          });
        }
      },
    );

    test.each(Object.keys(activations))(
      "activation %s: once more changes nothing, and stripDropout gives the model back",
      (name) => {
        const model = dense(kind, activations[name].emit);
        const sampled = sampleDropConnect(model, { ...options, noise });
        const again = sampleDropConnect(sampled, { ...options, noise });
        expect(Buffer.compare(encodeModel(again), encodeModel(sampled))).toBe(0);
        expect(Buffer.compare(encodeModel(stripDropout(sampled)), encodeModel(model))).toBe(0);
      },
    );
  });

  test("rate 0 and rate 1 have no variance: the layer itself", async () => {
    const model = dense("Gemm", activations.Tanh.emit);
    for (const still of [0, 1]) {
      const sampled = sampleDropConnect(model, { ...options, rate: still, noise });
      const feeds = maskFeeds(sampled, { ...key, dims: { batch: 2 } });
      const { y } = await runModel(sampled, { x, ...feeds });
      const own = await runModel(model, { x });
      Array.from(y.data, Number).forEach((value, i) => {
        // A mean of seven equal values.
        expect(Math.abs(value - Number(own.y.data[i]))).toBeLessThanOrEqual(8 * 2 ** -24);
      });
    }
  });
});

test.each([9, 13, 17])("sampleDropConnect runs in opset %d", async (opset) => {
  const model = dense("MatMul", activations.Relu.emit, opset);
  const sampled = sampleDropConnect(model, options);
  const feeds = maskFeeds(sampled, { ...key, dims: { batch: 2 } });
  const { y } = await runModel(sampled, { x, ...feeds });
  expected(activations.Relu.of).forEach((mean, i) => {
    expect(Math.abs(Number(y.data[i]) - mean)).toBeLessThanOrEqual(tolerance);
  });
});

describe("sampleDropConnect: errors", () => {
  test("operators that are not dense, weights that have noise, a shape that is not known", () => {
    const builder = new GraphBuilder();
    builder.constant(
      makeTensor({ name: "w", type: "float32", dims: [2, 4, 1], data: valuesOf([8]) }),
    );
    builder.op("Conv", ["x", "w"], { name: "fc", outputs: ["y"] });
    const value = { type: "float32", dims: [1, 4, 4] } as const;
    const conv = builder.model({
      name: "c",
      inputs: [makeValueInfo("x", value)],
      outputs: [makeValueInfo("y", { type: "float32", dims: [1, 2, 4] })],
      opset: 18,
    });
    expect(() => sampleDropConnect(conv, options)).toThrow(
      "sampleDropConnect: Conv fc must be a Gemm, or a MatMul with a weight [inputs, units] on its right, got weight w [2, 4, 1]",
    );
    const noisy = insertDropConnect(dense("Gemm"), { rate, nodes: { name: "fc" }, per: "batch" });
    expect(() => sampleDropConnect(noisy, options)).toThrow(
      "sampleDropConnect: weight w of node fc must have no noise yet, got that of site fc",
    );
    const unknown = dense("Gemm");
    unknown.graph.input[0].type = undefined;
    expect(() => sampleDropConnect(unknown, options)).toThrow(
      "sampleDropConnect: tensor x of node fc must have a known shape, got none",
    );
    const sampled = sampleDropConnect(dense("Gemm"), options);
    expect(() => sampleDropConnect(sampled, { ...options, samples: 3 })).toThrow(
      "sampleDropConnect: site must have a name of its own, got fc twice",
    );
    expect(sitesOf(sampled).map(({ part }) => part.at)).toEqual(["linear"]);
  });

  test("samples and rate out of range", () => {
    expect(() => sampleDropConnect(dense("Gemm"), { ...options, samples: 0 })).toThrow(
      new RangeError("sampleDropConnect: samples must be an integer >= 1, got 0"),
    );
    expect(() => sampleDropConnect(dense("Gemm"), { ...options, rate: 2 })).toThrow(RangeError);
  });
});
