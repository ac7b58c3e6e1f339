import type { Variant } from "@dropoutkit/core";
import { evaluatePart } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "../../src/index.js";
import { type Feed, float32 } from "../runtime/runModel.js";
import { batch, type Case, seed, step } from "./cases.js";
import { type LayerOptions, permuted, product, valuesOf, weightOf } from "./layers.js";

const shapeOf = ({ x }: LayerOptions): number[] =>
  x.map((dim) => (typeof dim === "number" ? dim : dim === "batch" ? batch : 5));

export function inputOf(options: LayerOptions): Feed {
  const dims = shapeOf(options);
  if (!options.rows) return float32(dims, valuesOf(dims, 9));
  const data = BigInt64Array.from({ length: product(dims) }, (_, i) => BigInt((i * 4) % 11));
  return { type: "int64", data, dims };
}

type Lay = Case["places"][string];

/** Values with the rows of axis 1 taken in another order: row i is row `from[i]`. */
function rowsOf(
  values: ArrayLike<number>,
  dims: readonly number[],
  from: readonly number[],
): Float32Array {
  const rows = dims[1];
  const inner = product(dims.slice(2));
  return Float32Array.from(values, (_, i) => {
    const first = i - (i % (rows * inner));
    return values[first + from[Math.floor(i / inner) % rows] * inner + (i % inner)];
  });
}

/** For each row in the field's order of gates, the stored one. */
const gateRows = (gates: readonly number[], rows: number): number[] => {
  const units = rows / gates.length;
  return gates.flatMap((gate) => Array.from({ length: units }, (_, i) => gate * units + i));
};

const inverse = (order: readonly number[]): number[] => order.map((_, i) => order.indexOf(i));

/** A stored weight as core draws over it. */
function drawnOf(data: Float32Array, dims: readonly number[], { order, gates }: Lay): Float32Array {
  return permuted(gates ? rowsOf(data, dims, gateRows(gates, dims[1])) : data, dims, order);
}

/** The inverse. */
function storedOf(
  data: ArrayLike<number>,
  dims: readonly number[],
  { order, gates }: Lay,
): Float32Array {
  const drawn = order.map((axis) => dims[axis]);
  const stored = permuted(data, drawn, inverse(order));
  return gates ? rowsOf(stored, dims, inverse(gateRows(gates, dims[1]))) : stored;
}

/** What core makes of a layer's weights, in the layout of the model: for each example, or once. */
export function noisyWeights(
  model: OnnxModel,
  layer: Case,
  variant: Variant,
): Record<string, Feed>[] {
  const perExample = variant.parts.some(({ field }) => field.perExample);
  const weights = Array.from({ length: perExample ? batch : 1 }, (): Record<string, Feed> => ({}));
  for (const [name, dims] of Object.entries(layer.weights)) {
    const data = weightOf(model, name);
    const lay = layer.places[name];
    const part = variant.parts.find(({ at }) => at === lay?.at);
    const x = part && {
      shape: lay.order.map((axis) => dims[axis]),
      data: drawnOf(data, dims, lay),
    };
    const key = { site: "layer", seed, step, batch };
    const value = part && x && evaluatePart(part, { leaves: { x }, training: true, ...key }).value;
    weights.forEach((own, i) => {
      const from = perExample ? i * data.length : 0;
      const mine = value && storedOf(value.data.slice(from, from + data.length), dims, lay);
      own[name] = float32(dims, mine ?? data);
    });
  }
  return weights;
}
