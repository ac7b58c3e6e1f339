import type { EmitContext } from "../GradientRule.js";

type Context = Pick<EmitContext, "builder" | "opset">;

/** Adds axes of size 1, counted in the result. */
export const unsqueeze = (context: Context, tensor: string, axes: readonly number[]): string =>
  withAxes(context, "Unsqueeze", { tensor, axes });

/** Takes away axes of size 1. */
export const squeeze = (context: Context, tensor: string, axes: readonly number[]): string =>
  withAxes(context, "Squeeze", { tensor, axes });

/** The axes became an input at opset 13. */
function withAxes(
  { builder, opset }: Context,
  opType: "Squeeze" | "Unsqueeze",
  { tensor, axes }: { readonly tensor: string; readonly axes: readonly number[] },
): string {
  if (axes.length === 0) return tensor;
  return opset >= 13
    ? builder.op(opType, [tensor, builder.ints(axes)])
    : builder.op(opType, [tensor], { attributes: { axes } });
}
