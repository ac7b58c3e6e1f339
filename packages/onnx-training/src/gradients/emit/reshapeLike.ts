import type { EmitContext } from "../EmitContext.js";
import { shapeOf } from "./shapeOf.js";

/** The entries of a tensor in the shape of a tensor of the forward graph. From opset 14 on that may have sizes 0. */
export function reshapeLike(context: EmitContext, tensor: string, like: string): string {
  const { builder, opset } = context;
  const shape = shapeOf(context, like);
  return builder.op(
    "Reshape",
    [tensor, shape],
    opset >= 14 ? { attributes: { allowzero: 1 } } : {},
  );
}
