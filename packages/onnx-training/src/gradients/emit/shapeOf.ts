import type { EmitContext } from "../EmitContext.js";

/** The shape of a tensor of the forward graph: a constant where all sizes are known, else computed when the model runs. */
export function shapeOf({ builder, info }: EmitContext, tensor: string): string {
  const { dims } = info(tensor);
  return dims.every((size) => typeof size === "number")
    ? builder.ints(dims)
    : builder.op("Shape", [tensor]);
}
