import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { unsqueeze } from "../emit/versionedOps.js";
import type { DirectionOutputs } from "./emitScan.js";
import type { RecurrentLayer } from "./RecurrentLayer.js";

/** Writes a node's outputs, under their names, from those of its directions. */
export function joinDirections(
  builder: GraphBuilder,
  { opset, batchFirst, outputs }: RecurrentLayer,
  directions: readonly DirectionOutputs[],
): void {
  const join = (parts: readonly string[], axis: number, name: string): void => {
    const at = { builder, opset };
    if (parts.length === 1) {
      unsqueeze(at, parts[0], [axis], { outputs: [name] });
      return;
    }
    const wide = parts.map((part) => unsqueeze(at, part, [axis]));
    builder.op("Concat", wide, { attributes: { axis }, outputs: [name] });
  };
  if (outputs.y !== "") {
    const y = directions.map((direction) =>
      batchFirst
        ? builder.op("Transpose", [direction.y], { attributes: { perm: [1, 0, 2] } })
        : direction.y,
    );
    join(y, batchFirst ? 2 : 1, outputs.y);
  }
  for (const state of ["h", "c"] as const) {
    if (outputs[state] === "") continue;
    const ends = directions.map((direction) => direction[state]);
    join(ends, Number(batchFirst), outputs[state]);
  }
}
