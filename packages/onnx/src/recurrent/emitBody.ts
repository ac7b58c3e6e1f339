import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { GraphProto } from "../model/schema.js";
import type { TensorType } from "../model/tensorType.js";
import { type Dim, makeValueInfo } from "../model/valueInfo.js";
import type { CellStep, EmitCell } from "./CellStep.js";
import { emitGruCell } from "./emitGruCell.js";
import { emitLstmCell } from "./emitLstmCell.js";
import { emitRnnCell } from "./emitRnnCell.js";
import type { RecurrentKind } from "./RecurrentLayer.js";

/** A loop's body: what it reads around it, and what the states become before the gates read them. */
export interface BodyOptions extends Pick<CellStep, "layer" | "direction" | "weights"> {
  readonly name: string;
  /** True where sequences have lengths of their own. */
  readonly hasLengths: boolean;
  /** Writes what the gates read of the hidden state `[batch, hidden]`: one tensor for all, or one for each. */
  readonly read: ReadState;
}

/** A loop's body, and in it the states as it gets them and as the cell leaves them, which nothing in the cell reads. */
export interface Body {
  readonly graph: GraphProto;
  readonly previous: readonly string[];
  readonly next: readonly string[];
}

export type ReadState = (body: GraphBuilder, h: string) => readonly string[];

const cells: { readonly [K in RecurrentKind]: EmitCell } = {
  LSTM: emitLstmCell,
  GRU: emitGruCell,
  RNN: emitRnnCell,
};

/** Names of a cell's states. */
export const stateNames: { readonly [K in RecurrentKind]: readonly ("h" | "c")[] } = {
  LSTM: ["h", "c"],
  GRU: ["h"],
  RNN: ["h"],
};

/**
 * Writes one timestep as a Scan's body. It takes the states, the projected input `[batch, gates * hidden]`,
 * and with lengths whether each example goes on, `[batch, 1]`; it gives the states, and what leaves the layer.
 */
export function emitBody(builder: GraphBuilder, options: BodyOptions): Body {
  const { layer, name, hasLengths, read } = options;
  const { type, hidden, kind } = layer;
  const body = builder.nested(name);
  const batch = body.uniqueName("batch");
  const input = (hint: string, dims: readonly Dim[], of: TensorType) =>
    makeValueInfo(body.uniqueName(hint), { type: of, dims });
  const states = stateNames[kind].map((hint) => input(hint, [batch, hidden], type));
  const projected = input("projected", [batch, layer.gates * hidden], type);
  const active = hasLengths ? input("active", [batch, 1], "bool") : undefined;
  const previous = states.map((state) => state.name);
  const [h] = previous;
  const reads = read(body, h);
  const step = { ...options, projected: projected.name, reads, previous };
  const next = cells[kind](body, step);
  const goesOn = (value: string, otherwise: string): string =>
    active ? body.op("Where", [active.name, value, otherwise]) : value;
  // An example that has ended keeps its states. Backwards, the states wait at their start for the
  // example's end, which is as good as to reverse each sequence within its length.
  const kept = next.map((state, i) => goesOn(state, previous[i]));
  const given = active ? goesOn(next[0], body.scalar(type, 0)) : body.op("Identity", [next[0]]);
  const graph = body.graph({
    name: body.uniqueName("body"),
    inputs: [...states, projected, ...(active ? [active] : [])],
    outputs: [...kept, given].map((output) =>
      makeValueInfo(output, { type, dims: [batch, hidden] }),
    ),
  });
  return { graph, previous, next };
}
