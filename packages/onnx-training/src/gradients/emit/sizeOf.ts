import type { EmitContext } from "../EmitContext.js";
import type { Operand } from "./arithmetic.js";

/** The product of a tensor's sizes along axes, as a number or a scalar in the tensor's type. */
export function sizeOf(
  { builder, info }: Pick<EmitContext, "builder" | "info">,
  { tensor, axes }: { readonly tensor: string; readonly axes: readonly number[] },
): Operand {
  const { dataType, dims } = info(tensor);
  const sizes = axes.map((axis) => dims[axis]);
  if (sizes.every((size) => typeof size === "number")) {
    return sizes.reduce((product, size) => product * size, 1);
  }
  const shape = builder.op("Shape", [tensor]);
  const picked = builder.op("Gather", [shape, builder.ints(axes)]);
  const product = builder.op("ReduceProd", [picked], { attributes: { keepdims: 0 } });
  return builder.op("Cast", [product], { attributes: { to: dataType } });
}
