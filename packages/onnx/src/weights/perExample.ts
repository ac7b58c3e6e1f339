import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { squeeze, unsqueeze } from "../emit/versionedOps.js";
import type { Dim, TensorInfo } from "../model/valueInfo.js";
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

interface Alignment {
  /** Sizes of the weight. */
  readonly dims: readonly Dim[];
  /** Number of axes of the values. */
  readonly rank: number;
  readonly opset: number;
}

/**
 * Lets a weight for each example meet values of another rank: `[batch, ...weight]` gets axes of size 1 behind the
 * batch, or loses those that the weight itself has in front.
 */
export function alignExamples(
  builder: GraphBuilder,
  weight: string,
  { dims, rank, opset }: Alignment,
): string {
  const missing = rank - 1 - dims.length;
  if (missing === 0) return weight;
  const axes = Array.from({ length: Math.abs(missing) }, (_, i) => i + 1);
  const emit = missing > 0 ? unsqueeze : squeeze;
  return emit({ builder, opset }, weight, axes);
}
