import type { Part } from "@dropoutkit/core/adapter";
import type { LayerOptions } from "./layers.js";

/** A layer, and for each of its weights at what place it is and how its field lies over it. */
export interface Case extends LayerOptions {
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

export const seed = 7;
export const step = 3;
export const batch = 2;
export const rate = 0.4;
const bias = { at: "bias", order: [0] } as const;

export const layers: Readonly<Record<string, Case>> = {
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

export const recurrentLayers: Readonly<Record<string, Case>> = {
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

export const tables: Readonly<Record<string, Case>> = {
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

/** The most products that one entry of a layer's output is a sum of. */
export function termsOf({ opType, weights: { w } }: LayerOptions): number {
  const entries = w.reduce((size, dim) => size * dim, 1);
  if (opType === "MatMul" || opType === "Gemm") return entries / Math.max(...w);
  return entries / w[opType === "ConvTranspose" ? 1 : 0];
}
