import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { split } from "../emit/versionedOps.js";
import { emitActivation } from "./activation.js";
import type { DirectionWeights } from "./directionWeights.js";
import type { Direction, RecurrentLayer } from "./RecurrentLayer.js";

/** One timestep of a cell, in a loop's body. */
export interface CellStep {
  readonly layer: RecurrentLayer;
  readonly direction: Direction;
  readonly weights: DirectionWeights;
  /** What the input gives to each gate, biases included: `[batch, gates * hidden]`. */
  readonly projected: string;
  /** The hidden state as the gates read it, `[batch, hidden]`: one for all, or one for each. */
  readonly reads: readonly string[];
  /** The states before this timestep, `[batch, hidden]`: the hidden state, and an LSTM's cell state. */
  readonly previous: readonly string[];
}

/** Writes a timestep's nodes; returns the states behind it. */
export type EmitCell = (body: GraphBuilder, step: CellStep) => readonly string[];

/** One for each gate of `z`, `[batch, count * hidden]`. */
export const splitGates = (
  body: GraphBuilder,
  z: string,
  { layer: { opset, hidden }, count }: { layer: RecurrentLayer; count: number },
): readonly string[] =>
  split({ builder: body, opset }, { tensor: z, axis: 1, sizes: new Array(count).fill(hidden) });

/** The activation at a place in the node's list, of a value that is clipped where the node says so. */
export function activate(
  body: GraphBuilder,
  x: string,
  { step: { layer, direction }, index }: { step: CellStep; index: number },
): string {
  const { type, clip } = layer;
  return emitActivation(body, Number.isFinite(clip) ? clipped() : x, {
    ...direction.activations[index],
    type,
  });

  // Clip takes its bounds as attributes before opset 11, as inputs since; these two never changed.
  function clipped(): string {
    const above = body.op("Max", [x, body.scalar(type, -clip)]);
    return body.op("Min", [above, body.scalar(type, clip)]);
  }
}
