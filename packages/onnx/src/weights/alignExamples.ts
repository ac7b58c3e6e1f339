import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { squeeze, unsqueeze } from "../emit/versionedOps.js";
import type { Dim } from "../model/valueInfo.js";

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
