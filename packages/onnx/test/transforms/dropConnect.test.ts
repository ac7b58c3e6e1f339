import {
  dropConnect as dropConnectVariant,
  embeddingDropout,
  evaluatePart,
  type Part,
  recurrentDropConnect,
  type Variant,
} from "@dropoutkit/core";
import { describe, expect, test } from "vitest";
import { dropConnect, maskFeeds, type OnnxModel } from "../../src/index.js";
import { bitsOf, type Feed, float32, runModel } from "../runModel.js";
import {
  exampleOf,
  type LayerOptions,
  layerModel,
  permuted,
  product,
  runWithWeights,
  valuesOf,
  weightOf,
} from "../weights/layers.js";

/** A layer, and for each of its weights at what place it is and how its field lies over it. */
interface Case extends LayerOptions {
  readonly places: Readonly<
    Record<
      string,
      {
        readonly at: Part["at"];
        readonly order: readonly number[];
        readonly gates?: readonly number[];
      }
    >
  >;
}

const seed = 7;
const step = 3;
const batch = 2;
const rate = 0.4;
const bias = { at: "bias", order: [0] } as const;

const layers: Readonly<Record<string, Case>> = {
  "MatMul of a matrix": {
    opType: "MatMul",
    inputs: ["x", "w"],
    weights: { w: [3, 5] },
    x: ["batch", 3],
    outputRank: 2,
    places: { w: { at: "kernel", order: [0, 1] } },
  },
  "MatMul of sequences, with an Add": {
    opType: "MatMul",
    inputs: ["x", "w"],
    weights: { w: [3, 5], b: [5] },
    x: ["batch", 4, 3],
    outputRank: 3,
    added: "b",
    places: { w: { at: "kernel", order: [0, 1] }, b: bias },
  },
  "MatMul of four axes, with an Add of a row": {
    opType: "MatMul",
    inputs: ["x", "w"],
    weights: { w: [3, 5], b: [1, 5] },
    x: ["batch", 2, 4, 3],
    outputRank: 4,
    added: "b",
    places: { w: { at: "kernel", order: [0, 1] }, b: { at: "bias", order: [0, 1] } },
  },
  "MatMul with the weight on the left": {
    opType: "MatMul",
    inputs: ["w", "x"],
    weights: { w: [5, 3], b: [5, 1] },
    x: ["batch", 3, 4],
    outputRank: 3,
    added: "b",
    places: { w: { at: "kernel", order: [1, 0] }, b: { at: "bias", order: [0, 1] } },
  },
  Gemm: {
    opType: "Gemm",
    inputs: ["x", "w", "b"],
    weights: { w: [3, 5], b: [5] },
    x: ["batch", 3],
    outputRank: 2,
    places: { w: { at: "kernel", order: [0, 1] }, b: bias },
  },
  "Gemm as PyTorch has it": {
    opType: "Gemm",
    inputs: ["x", "w", "b"],
    weights: { w: [5, 3], b: [5] },
    x: ["batch", 3],
    outputRank: 2,
    attributes: { transB: 1, alpha: { float: 1 }, beta: { float: 1 } },
    places: { w: { at: "kernel", order: [1, 0] }, b: bias },
  },
  "Gemm with alpha, beta and a row": {
    opType: "Gemm",
    inputs: ["x", "w", "b"],
    weights: { w: [3, 5], b: [1, 5] },
    x: ["batch", 3],
    outputRank: 2,
    attributes: { alpha: { float: 0.5 }, beta: { float: 2 } },
    places: { w: { at: "kernel", order: [0, 1] }, b: { at: "bias", order: [0, 1] } },
  },
  "Gemm without a bias": {
    opType: "Gemm",
    inputs: ["x", "w"],
    weights: { w: [5, 3] },
    x: ["batch", 3],
    outputRank: 2,
    attributes: { transB: 1, alpha: { float: 3 } },
    places: { w: { at: "kernel", order: [1, 0] } },
  },
  "Conv 1D": {
    opType: "Conv",
    inputs: ["x", "w"],
    weights: { w: [4, 3, 2] },
    x: ["batch", 3, 6],
    outputRank: 3,
    attributes: { strides: [2] },
    places: { w: { at: "kernel", order: [2, 1, 0] } },
  },
  "Conv 2D in groups": {
    opType: "Conv",
    inputs: ["x", "w", "b"],
    weights: { w: [6, 2, 3, 2], b: [6] },
    x: [batch, 4, 5, 5],
    outputRank: 4,
    attributes: { group: 2, dilations: [1, 2], pads: [1, 0, 0, 1] },
    places: { w: { at: "kernel", order: [2, 3, 1, 0] }, b: bias },
  },
  "Conv 2D of a named batch": {
    opType: "Conv",
    inputs: ["x", "w", "b"],
    weights: { w: [6, 2, 3, 2], b: [6] },
    x: ["batch", 4, "height", 5],
    outputRank: 4,
    attributes: { group: 2, auto_pad: "SAME_UPPER" },
    places: { w: { at: "kernel", order: [2, 3, 1, 0] }, b: bias },
  },
  "Conv 3D": {
    opType: "Conv",
    inputs: ["x", "w", "b"],
    weights: { w: [2, 3, 2, 1, 2], b: [2] },
    x: [batch, 3, 3, 2, 3],
    outputRank: 5,
    places: { w: { at: "kernel", order: [2, 3, 4, 1, 0] }, b: bias },
  },
  ConvTranspose: {
    opType: "ConvTranspose",
    inputs: ["x", "w", "b"],
    weights: { w: [4, 3, 2, 2], b: [6] },
    x: [batch, 4, 3, 3],
    outputRank: 4,
    attributes: { group: 2, strides: [2, 1], output_padding: [1, 0] },
    places: { w: { at: "kernel", order: [2, 3, 1, 0] }, b: bias },
  },
  "ConvTranspose of a named batch": {
    opType: "ConvTranspose",
    inputs: ["x", "w"],
    weights: { w: [4, 3, 2] },
    x: ["batch", 4, 3],
    outputRank: 3,
    places: { w: { at: "kernel", order: [2, 1, 0] } },
  },
};

const recurrentLayers: Readonly<Record<string, Case>> = {
  "LSTM in two directions": {
    opType: "LSTM",
    inputs: ["x", "w", "r", "b"],
    weights: { w: [2, 12, 4], r: [2, 12, 3], b: [2, 24] },
    x: [5, "batch", 4],
    outputRank: 4,
    attributes: { hidden_size: 3, direction: "bidirectional" },
    // Stored input, output, forget, cell; drawn input, forget, cell, output.
    places: { r: { at: "recurrentKernel", order: [0, 2, 1], gates: [0, 2, 3, 1] } },
  },
  LSTM: {
    opType: "LSTM",
    inputs: ["x", "w", "r"],
    weights: { w: [1, 8, 4], r: [1, 8, 2] },
    x: [3, "batch", 4],
    outputRank: 4,
    attributes: { hidden_size: 2 },
    places: { r: { at: "recurrentKernel", order: [0, 2, 1], gates: [0, 2, 3, 1] } },
  },
  GRU: {
    opType: "GRU",
    inputs: ["x", "w", "r", "b"],
    weights: { w: [1, 9, 4], r: [1, 9, 3], b: [1, 18] },
    x: [5, "batch", 4],
    outputRank: 4,
    attributes: { hidden_size: 3, linear_before_reset: 1 },
    places: { r: { at: "recurrentKernel", order: [0, 2, 1] } },
  },
  "RNN backwards": {
    opType: "RNN",
    inputs: ["x", "w", "r"],
    weights: { w: [1, 3, 4], r: [1, 3, 3] },
    x: [5, "batch", 4],
    outputRank: 4,
    attributes: { hidden_size: 3, direction: "reverse" },
    places: { r: { at: "recurrentKernel", order: [0, 2, 1] } },
  },
};

const tables: Readonly<Record<string, Case>> = {
  "Gather of rows": {
    opType: "Gather",
    inputs: ["w", "x"],
    weights: { w: [11, 3] },
    x: ["batch", 7],
    outputRank: 3,
    rows: true,
    places: { w: { at: "kernel", order: [0, 1] } },
  },
};

const shapeOf = ({ x }: LayerOptions): number[] =>
  x.map((dim) => (typeof dim === "number" ? dim : dim === "batch" ? batch : 5));

function inputOf(options: LayerOptions): Feed {
  const dims = shapeOf(options);
  if (!options.rows) return float32(dims, valuesOf(dims, 9));
  const data = BigInt64Array.from({ length: product(dims) }, (_, i) => BigInt((i * 4) % 11));
  return { type: "int64", data, dims };
}

/** Rows of axis 1 in another order of gates, or back. */
const gatesOf = (gates: readonly number[], units: number): number[] =>
  gates.flatMap((gate) => Array.from({ length: units }, (_, i) => gate * units + i));

/** What core makes of a layer's weights: for each example in the layout of the model, or once. */
function noisyWeights(model: OnnxModel, layer: Case, variant: Variant): Record<string, Feed>[] {
  const perExample = variant.parts.some(({ field }) => field.perExample);
  return Array.from({ length: perExample ? batch : 1 }, (_, example) =>
    Object.fromEntries(
      Object.entries(layer.weights).map(([name, dims]) => {
        const place = layer.places[name];
        const part = variant.parts.find(({ at }) => at === place?.at);
        const data = weightOf(model, name);
        if (place === undefined || part === undefined) return [name, float32(dims, data)];
        const { order, gates = [0] } = place;
        const rows = dims[1] ?? 1;
        const all = Array.from({ length: rows }, (_, i) => i);
        const to = gates.length > 1 ? gatesOf(gates, rows / gates.length) : all;
        const row = (values: ArrayLike<number>, from: readonly number[]): Float32Array => {
          const inner = product(dims.slice(2));
          return Float32Array.from(values, (_, i) => {
            const outer = Math.floor(i / (rows * inner));
            const at = from[Math.floor(i / inner) % rows];
            return values[(outer * rows + at) * inner + (i % inner)];
          });
        };
        const swap = dims.length > 1 && gates.length > 1;
        const drawn = permuted(swap ? row(data, to) : data, dims, order);
        const shape = order.map((axis) => dims[axis]);
        const { value } = evaluatePart(part, {
          leaves: { x: { shape, data: drawn } },
          training: true,
          site: "layer",
          seed,
          step,
          batch,
        });
        const size = drawn.length;
        const mine = perExample
          ? value.data.slice(example * size, (example + 1) * size)
          : value.data;
        const stored = permuted(
          mine,
          shape,
          order.map((_, axis) => order.indexOf(axis)),
        );
        const back = to.map((_, i) => to.indexOf(i));
        return [name, float32(dims, swap ? row(stored, back) : stored)];
      }),
    ),
  );
}

const noises = ["feeds", "graph"] as const;
const levels = ["disabled", "basic", "extended", "all"] as const;

async function runNoisy(
  noisy: OnnxModel,
  layer: Case,
  level: (typeof levels)[number],
): Promise<Float32Array> {
  const feeds = maskFeeds(noisy, { seed, step, dims: { batch } });
  const { y } = await runModel(noisy, { x: inputOf(layer), ...feeds }, level);
  if (!(y.data instanceof Float32Array)) throw new TypeError("y must be float32");
  return y.data;
}

describe.each(noises)("dropConnect with noise from %s", (noise) => {
  test.each(Object.keys({ ...layers, ...recurrentLayers, ...tables }))(
    "%s, one mask a batch: to the bit the layer on core's weights, at every level",
    async (name) => {
      const layer = { ...layers, ...recurrentLayers, ...tables }[name];
      const model = layerModel(layer);
      const variant =
        name in recurrentLayers
          ? recurrentDropConnect({ rate })
          : name in tables
            ? embeddingDropout({ rate })
            : dropConnectVariant({ rate, per: "batch" });
      const noisy = dropConnect(model, { rate, nodes: { name: "layer" }, per: "batch", noise });
      const [weights] = noisyWeights(model, layer, variant);
      const expected = await runWithWeights(model, inputOf(layer), weights);
      expect(bitsOf(await runNoisy(noisy, layer, "disabled"))).toEqual(bitsOf(expected));
      for (const level of levels) {
        expect(bitsOf(await runNoisy(noisy, layer, level)), level).toEqual(bitsOf(expected));
      }
    },
  );

  test.each(Object.keys(layers))(
    "%s, a mask for each example: each example meets core's weights",
    async (name) => {
      const layer = layers[name];
      const model = layerModel(layer);
      const noisy = dropConnect(model, { rate, nodes: { name: "layer" }, noise });
      const weights = noisyWeights(model, layer, dropConnectVariant({ rate }));
      const x = inputOf(layer);
      const single = layerModel({ ...layer, x: ["batch", ...layer.x.slice(1)] });
      const absolute = (feed: Feed): Feed =>
        float32(feed.dims, Array.from(feed.data, Number).map(Math.abs));
      const expected: number[] = [];
      const magnitude: number[] = [];
      for (const [i, own] of weights.entries()) {
        expected.push(...(await runWithWeights(single, exampleOf(x, i), own)));
        const positive = Object.fromEntries(
          Object.entries(own).map(([key, feed]) => [key, absolute(feed)]),
        );
        magnitude.push(...(await runWithWeights(single, absolute(exampleOf(x, i)), positive)));
      }
      // Two sums of K products and a bias in any order, each within (K + 3)·2^-24 of the sum of magnitudes;
      // K is at most the number of the kernel's entries.
      const terms = product(layer.weights.w) + 3;
      for (const level of levels) {
        const y = await runNoisy(noisy, layer, level);
        expect(y).toHaveLength(expected.length);
        y.forEach((value, i) => {
          const bound = 2 * terms * 2 ** -24 * magnitude[i];
          expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(bound);
        });
      }
    },
  );
});
