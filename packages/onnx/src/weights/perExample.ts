import type { GraphBuilder } from "../GraphBuilder.js";
import type { Dim, TensorInfo } from "../valueInfo.js";
import type { WeightedLayer } from "./weightedLayer.js";

/** A layer whose weights are to be others for each example. */
export interface PerExample {
  readonly owner: string;
  readonly opset: number;
  readonly layer: WeightedLayer;
  /** What is known of the tensor of examples; its first axis is the batch's, with `transA` its last. */
  readonly x: TensorInfo;
  /** What noise made of the node's weights, in the layout of their fields: `[batch, ...field]`. */
  readonly noisy: { readonly kernel: string; readonly bias?: string | undefined };
}

/** Writes nodes whose last makes the node's output. */
export type EmitPerExample = (builder: GraphBuilder, call: PerExample) => void;

/**
 * Lets a weight for each example meet values of a higher rank: `[batch, ...weight]` becomes
 * `[batch, 1, ..., 1, ...weight]`, without the axes of size 1 that the weight itself has in front.
 */
export function alignExamples(
  builder: GraphBuilder,
  weight: string,
  { dims, rank }: { readonly dims: readonly Dim[]; readonly rank: number },
): string {
  if (rank === dims.length + 1) return weight;
  const first = dims.findIndex((size) => size !== 1);
  const tail = first < 0 ? [] : dims.slice(first).map(Number);
  const ones: number[] = new Array(rank - 1 - tail.length).fill(1);
  return builder.op("Reshape", [weight, builder.ints([0, ...ones, ...tail])]);
}
