import type { EmitContext } from "../EmitContext.js";

/** The size of a tensor of the forward graph along an axis, `[1]`: a constant where it is known. */
export function sizeAt({ builder, info }: EmitContext, tensor: string, axis: number): string {
  const size = info(tensor).dims[axis];
  if (typeof size === "number") return builder.ints([size]);
  return builder.op("Gather", [builder.op("Shape", [tensor]), builder.ints([axis])]);
}
