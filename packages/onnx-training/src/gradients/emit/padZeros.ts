import type { EmitContext } from "../GradientRule.js";

/** Puts zeros before and after the axes of a tensor: `[...before, ...after]`. The list became an input at opset 11. */
export function padZeros(
  { builder, opset }: EmitContext,
  tensor: string,
  pads: readonly number[],
): string {
  if (pads.every((size) => size === 0)) return tensor;
  return opset >= 11
    ? builder.op("Pad", [tensor, builder.ints(pads)])
    : builder.op("Pad", [tensor], { attributes: { pads } });
}
