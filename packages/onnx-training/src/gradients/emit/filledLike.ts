import type { EmitContext } from "../EmitContext.js";
import { expandLike } from "./expandLike.js";
import { scalarLike } from "./scalarLike.js";

/** One number in the type and shape of a tensor of the forward graph. */
export function filledLike(context: EmitContext, like: string, value: number): string {
  const { builder, opset, info } = context;
  const axes = info(like).dims.map((_, axis) => axis);
  const scalar = scalarLike(context, like, value);
  if (axes.length === 0) return scalar;
  // Expand takes a scalar to any rank; what stands in for it before opset 8 keeps the rank.
  const tensor =
    opset >= 8 ? scalar : builder.op("Reshape", [scalar, builder.ints(axes.map(() => 1))]);
  return expandLike(context, { tensor, axes, like });
}
