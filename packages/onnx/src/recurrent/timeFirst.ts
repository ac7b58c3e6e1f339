import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { RecurrentLayer } from "./RecurrentLayer.js";

/** A layer's input as `[time, batch, features]`. */
export function timeFirst(
  builder: GraphBuilder,
  { batchFirst }: RecurrentLayer,
  x: string,
): string {
  return batchFirst ? builder.op("Transpose", [x], { attributes: { perm: [1, 0, 2] } }) : x;
}
