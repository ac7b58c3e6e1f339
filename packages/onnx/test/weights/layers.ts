import {
  type AttributeValue,
  copyModel,
  type Dim,
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  tensorData,
} from "../../src/graph.js";
import type { OnnxModel } from "../../src/index.js";
import { type Feed, float32, runModel } from "../runtime/runModel.js";

/** A model of one node `layer` with constant weights. */
export interface LayerOptions {
  readonly opType: string;
  /** The node's inputs: `x`, names of weights, `""`. */
  readonly inputs: readonly string[];
  /** Sizes of each weight, by its name. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly Dim[];
  readonly outputRank: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly opset?: number;
  /** The weight that an Add behind the node adds. */
  readonly added?: string;
  /** x holds numbers of rows, for a Gather. */
  readonly rows?: true;
}

export const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** Values of both signs without a pattern that a mask could hide in. */
export const valuesOf = (dims: readonly number[], seed = 0): Float32Array =>
  Float32Array.from({ length: product(dims) }, (_, i) => Math.sin(1 + i * 1.7 + seed));

/** `y = layer(x)`, with an Add behind where a constant is added. */
export function layerModel(options: LayerOptions): OnnxModel {
  const { opType, inputs, weights, x, outputRank, attributes = {}, opset = 18, added } = options;
  const builder = new GraphBuilder();
  Object.entries(weights).forEach(([name, dims], i) => {
    builder.constant(makeTensor({ name, type: "float32", dims, data: valuesOf(dims, i) }));
  });
  const y = added === undefined ? "y" : "product";
  builder.op(opType, inputs, { name: "layer", outputs: [y], attributes });
  if (added !== undefined) builder.op("Add", [y, added], { name: "add", outputs: ["y"] });
  const sizes = Array.from({ length: outputRank }, (_, axis) => `y${axis}`);
  return builder.model({
    name: "layer",
    inputs: [makeValueInfo("x", { type: options.rows ? "int64" : "float32", dims: x })],
    outputs: [makeValueInfo("y", { type: "float32", dims: sizes })],
    opset,
  });
}

/** The elements of a model's weight. */
export function weightOf({ graph }: OnnxModel, name: string): Float32Array {
  const tensor = graph.initializer.find((item) => item.name === name);
  const data = tensor && tensorData(tensor).data;
  if (!(data instanceof Float32Array)) throw new TypeError(`weightOf: ${name} must be float32`);
  return data;
}

/** Runs a model whose weights are inputs and not constants, so that nothing is computed beforehand. */
export async function runWithWeights(
  model: OnnxModel,
  x: Feed,
  weights: Readonly<Record<string, Feed>>,
): Promise<Float32Array> {
  const open = copyModel(model);
  open.graph.initializer = open.graph.initializer.filter(({ name }) => !(name in weights));
  for (const [name, { dims }] of Object.entries(weights)) {
    open.graph.input.push(makeValueInfo(name, { type: "float32", dims }));
  }
  const { y } = await runModel(open, { x, ...weights }, "disabled");
  if (!(y.data instanceof Float32Array)) throw new TypeError("runWithWeights: y must be float32");
  return y.data;
}

/** The axes of row-major values in another order. */
export function permuted(
  data: ArrayLike<number>,
  dims: readonly number[],
  order: readonly number[],
): Float32Array {
  const strides = dims.map((_, axis) => product(dims.slice(axis + 1)));
  const to = order.map((axis) => dims[axis]);
  return Float32Array.from({ length: data.length }, (_, i) => {
    let rest = i;
    let from = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += (rest % to[axis]) * strides[order[axis]];
      rest = Math.floor(rest / to[axis]);
    }
    return data[from];
  });
}

/** Example `i` of a batch of `n` along the first axis. */
export const exampleOf = ({ data, dims }: Feed, i: number): Feed => {
  const size = data.length / dims[0];
  return float32([1, ...dims.slice(1)], Array.from(data, Number).slice(i * size, (i + 1) * size));
};
