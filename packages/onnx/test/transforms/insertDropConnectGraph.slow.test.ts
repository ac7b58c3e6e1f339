import { describe, expect, test } from "vitest";
import { GraphBuilder, makeTensor, makeValueInfo, sitesOf } from "../../src/graph.js";
import {
  decodeModel,
  dropout,
  encodeModel,
  insertDropConnect,
  insertDropout,
  maskFeeds,
  type OnnxModel,
  stripDropout,
} from "../../src/index.js";
import { bitsOf, float32, runModel } from "../runtime/runModel.js";
import { layers, rate, recurrentLayers, tables, termsOf } from "../weights/cases.js";
import { inputOf } from "../weights/coreWeights.js";
import { layerModel, valuesOf } from "../weights/layers.js";

const nodes = { name: "layer" } as const;
const all = { ...layers, ...recurrentLayers, ...tables };
const sameBytes = (a: OnnxModel, b: OnnxModel): boolean =>
  Buffer.compare(encodeModel(a), encodeModel(b)) === 0;

/** Two products by one weight, `a = x·w + b` and `c = relu(a)·w`, and a third reader of the weight. */
function shared(): OnnxModel {
  const builder = new GraphBuilder();
  const w = { name: "w", type: "float32", dims: [3, 3] } as const;
  builder.constant(makeTensor({ ...w, data: valuesOf([3, 3]) }));
  builder.constant(makeTensor({ name: "b", type: "float32", dims: [3], data: valuesOf([3], 2) }));
  builder.op("MatMul", ["x", "w"], { name: "first", outputs: ["m"] });
  builder.op("Add", ["b", "m"], { name: "add", outputs: ["a"] });
  builder.op("Relu", ["a"], { name: "act", outputs: ["r"] });
  builder.op("MatMul", ["r", "w"], { name: "second", outputs: ["c"] });
  builder.op("Neg", ["w"], { name: "neg", outputs: ["n"] });
  builder.op("MatMul", ["r", "a"], { name: "product", outputs: ["p"] });
  const value = { type: "float32", dims: [3, 3] } as const;
  return builder.model({
    name: "shared",
    inputs: [makeValueInfo("x", value)],
    outputs: ["c", "n", "p"].map((name) => makeValueInfo(name, value)),
    opset: 18,
  });
}

describe.each(["feeds", "graph"] as const)("dropConnect with noise from %s", (noise) => {
  describe.each(["example", "batch"] as const)("per %s", (per) => {
    const names = Object.keys(per === "batch" ? all : layers);

    test.each(names)("%s: stripDropout gives the model back, to the byte", (name) => {
      const model = layerModel(all[name]);
      const bytes = encodeModel(model);
      const noisy = insertDropConnect(model, { rate, nodes, per, noise });
      expect(sameBytes(noisy, model)).toBe(false);
      expect(encodeModel(model)).toEqual(bytes);
      expect(sameBytes(stripDropout(decodeModel(encodeModel(noisy))), model)).toBe(true);
    });

    test.each(names)("%s: the same once more changes nothing", (name) => {
      const { opType } = all[name];
      const noisy = insertDropConnect(layerModel(all[name]), { rate, nodes, per, noise });
      const choices = [nodes, { opType }, (node: { name: string }) => node.name === "layer"];
      for (const chosen of choices) {
        const again = insertDropConnect(noisy, { rate, nodes: chosen, per, noise });
        expect(sameBytes(again, noisy)).toBe(true);
      }
    });

    test.each(names)(
      "%s: rate 0 is the identity, rate 1 gives what zero weights give",
      async (name) => {
        const model = layerModel(all[name]);
        const x = inputOf(all[name]);
        const run = async (noisy: OnnxModel): Promise<Uint32Array> => {
          const feeds = maskFeeds(noisy, { seed: 1, step: 1, dims: { batch: 2 } });
          const { y } = await runModel(noisy, { x, ...feeds }, "disabled");
          return bitsOf(y.data);
        };
        const kept = await run(insertDropConnect(model, { rate: 0, nodes, per, noise }));
        const own = await run(model);
        if (per === "batch") expect(kept).toEqual(own);
        else {
          // The same K products of numbers in [-1, 1] and a bias, in another order; alpha and beta are at most 3.
          const terms = termsOf(all[name]);
          const bound = 2 * (terms + 3) * 2 ** -24 * 3 * (terms + 1);
          const floats = new Float32Array(own.buffer);
          new Float32Array(kept.buffer).forEach((value, i) => {
            expect(Math.abs(value - floats[i])).toBeLessThanOrEqual(bound);
          });
        }
        const zeros = layerModel(all[name]);
        for (const tensor of zeros.graph.initializer) {
          const isNoisy = all[name].places[tensor.name] !== undefined;
          if (isNoisy) tensor.rawData = new Uint8Array(tensor.rawData.length);
        }
        const dropped = await run(insertDropConnect(model, { rate: 1, nodes, per, noise }));
        // 0 and -0 are one here.
        const plain = (bits: Uint32Array): number[] =>
          Array.from(new Float32Array(bits.buffer), (value) => value + 0);
        expect(plain(dropped)).toEqual(plain(await run(zeros)));
      },
    );
  });

  test("a weight that several nodes read is noisy for the chosen one alone", async () => {
    const model = shared();
    const noisy = insertDropConnect(model, {
      rate: 1,
      nodes: { name: "second" },
      per: "batch",
      noise,
    });
    const feeds = maskFeeds(noisy, { seed: 1, step: 1 });
    const x = float32([3, 3], valuesOf([3, 3], 5));
    const { c, n, p } = await runModel(noisy, { x, ...feeds });
    const clean = await runModel(model, { x });
    expect(Array.from(c.data, Number).every((value) => value === 0)).toBe(true);
    expect(n.data).toEqual(clean.n.data);
    expect(p.data).toEqual(clean.p.data);
  });

  test("an operator type chooses the nodes that have a constant float weight", () => {
    const noisy = insertDropConnect(shared(), { rate, nodes: { opType: "MatMul" }, noise });
    const names = sitesOf(noisy).map(({ site, part }) => `${site}/${part.at}`);
    expect(new Set(names)).toEqual(new Set(["first/kernel", "first/bias", "second/kernel"]));
  });

  test("it composes with insertDropout before and after, and all of it is stripped", async () => {
    const model = layerModel(layers["Gemm as PyTorch has it"]);
    const variant = dropout({ rate: 0.5 });
    const options = { variant, noise } as const;
    const before = insertDropout(model, { ...options, after: { tensor: "x" } });
    const noisy = insertDropConnect(before, { rate, nodes, noise });
    const after = insertDropout(noisy, { ...options, after: { tensor: "y" }, site: () => "out" });
    expect(new Set(sitesOf(after).map(({ site }) => site))).toContain("out");
    const feeds = maskFeeds(after, { seed: 1, step: 1, dims: { batch: 2, y0: 2, y1: 5 } });
    const { y } = await runModel(after, { x: inputOf(layers.Gemm), ...feeds });
    expect(y.dims).toEqual([2, 5]);
    expect(sameBytes(stripDropout(after), model)).toBe(true);
    const reversed = insertDropConnect(
      insertDropout(model, { ...options, after: { tensor: "y" } }),
      {
        rate,
        nodes,
        noise,
      },
    );
    expect(sameBytes(stripDropout(reversed), model)).toBe(true);
  });
});

test("insertDropConnect: the node that stands for a replaced one has its name, for later transforms", () => {
  const model = layerModel(layers["Gemm as PyTorch has it"]);
  const noisy = insertDropConnect(model, { rate, nodes });
  const variant = dropout({ rate: 0.5 });
  const after = insertDropout(noisy, { variant, after: ({ name }) => name === "layer" });
  expect(sitesOf(after).map(({ site, part, x }) => [site, part.at, x])).toEqual([
    ["layer", "kernel", "w"],
    ["layer", "bias", "b"],
    ["layer", "activation", "layer/in"],
  ]);
  expect(sameBytes(insertDropConnect(after, { rate, nodes }), after)).toBe(true);
  expect(sameBytes(stripDropout(after), model)).toBe(true);
});

test.each(["example", "batch"] as const)(
  "dropConnect per %s: float64, in a file of IR version 3",
  async (per) => {
    const builder = new GraphBuilder();
    const data = (size: number): Float64Array => Float64Array.from(valuesOf([size]));
    builder.constant(makeTensor({ name: "w", type: "float64", dims: [5, 3], data: data(15) }));
    builder.constant(makeTensor({ name: "b", type: "float64", dims: [5], data: data(5) }));
    const attributes = { transB: 1, alpha: { float: 0.5 } };
    builder.op("Gemm", ["x", "w", "b"], { name: "layer", outputs: ["y"], attributes });
    const input = { type: "float64", dims: [2, 3] } as const;
    const model = builder.model({
      name: "old",
      inputs: [
        makeValueInfo("x", input),
        makeValueInfo("w", { type: "float64", dims: [5, 3] }),
        makeValueInfo("b", { type: "float64", dims: [5] }),
      ],
      outputs: [makeValueInfo("y", { type: "float64", dims: [2, 5] })],
      opset: 9,
    });
    model.irVersion = 3n;
    const noisy = insertDropConnect(model, { rate: 0, nodes, per });
    const x = { ...input, data: data(6) };
    const { y } = await runModel(noisy, { x, ...maskFeeds(noisy, { seed: 1, step: 1 }) });
    const own = await runModel(model, { x });
    // Sums of three products of numbers in [-1, 1].
    Array.from(y.data, Number).forEach((value, i) => {
      expect(Math.abs(value - Number(own["y"].data[i]))).toBeLessThanOrEqual(2 * 6 * 2 ** -53 * 4);
    });
    expect(sameBytes(stripDropout(noisy), model)).toBe(true);
  },
);

test("insertDropConnect: values that are added are a bias only if they are one constant for each unit, of this product alone", () => {
  const sites = (change: (model: OnnxModel) => void): string[] => {
    const model = shared();
    change(model);
    const noisy = insertDropConnect(model, { rate, nodes: { name: "first" } });
    return sitesOf(noisy)
      .map(({ part }) => part.at)
      .sort();
  };
  expect(sites(() => {})).toEqual(["bias", "kernel"]);
  expect(
    sites(({ graph }) => graph.output.push(makeValueInfo("m", { type: "float32", dims: [3, 3] }))),
  ).toEqual(["kernel"]);
  expect(
    sites(({ graph }) => graph.output.push(makeValueInfo("b", { type: "float32", dims: [3] }))),
  ).toEqual(["kernel"]);
  expect(
    sites(({ graph }) => {
      graph.initializer[1] = makeTensor({
        name: "b",
        type: "float32",
        dims: [3, 3],
        data: valuesOf([3, 3]),
      });
    }),
  ).toEqual(["kernel"]);
  expect(
    sites(({ graph }) => {
      graph.initializer[1] = makeTensor({
        name: "b",
        type: "float32",
        dims: [],
        data: valuesOf([]),
      });
    }),
  ).toEqual(["kernel"]);
});

describe("insertDropConnect: weights that are made of constants", () => {
  test.each([
    ["Transpose", {}],
    ["Identity", {}],
    ["Cast", { to: 1 }],
  ])("%s of an initializer is a weight", (opType, attributes) => {
    const builder = new GraphBuilder();
    builder.constant(
      makeTensor({ name: "w", type: "float32", dims: [3, 3], data: valuesOf([3, 3]) }),
    );
    builder.op(opType, ["w"], { outputs: ["made"], attributes });
    builder.op("MatMul", ["x", "made"], { name: "layer", outputs: ["y"] });
    const value = { type: "float32", dims: [2, 3] } as const;
    const model = builder.model({
      name: "made",
      inputs: [makeValueInfo("x", value)],
      outputs: [makeValueInfo("y", value)],
      opset: 17,
    });
    const noisy = insertDropConnect(model, { rate, nodes });
    expect(sitesOf(noisy).map(({ x }) => x)).toEqual(["made"]);
    expect(sameBytes(stripDropout(noisy), model)).toBe(true);
  });

  test("an initializer that is an input too, as in old files, is a weight", () => {
    const model = layerModel(layers.Gemm);
    model.graph.input.push(makeValueInfo("w", { type: "float32", dims: [3, 5] }));
    expect(sitesOf(insertDropConnect(model, { rate, nodes })).map(({ x }) => x)).toEqual([
      "w",
      "b",
    ]);
  });
});
