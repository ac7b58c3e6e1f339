import type { EmitContext } from "../GradientRule.js";

export interface SliceOptions {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** From opset 10 on. */
  readonly steps?: readonly number[];
}

/** A part of a tensor. The bounds became inputs at opset 10. */
export function slice(
  { builder, opset }: Pick<EmitContext, "builder" | "opset">,
  tensor: string,
  { axes, starts, ends, steps }: SliceOptions,
): string {
  if (opset < 10) return builder.op("Slice", [tensor], { attributes: { axes, starts, ends } });
  const bounds = [starts, ends, axes].map((list) => builder.ints(list));
  return builder.op("Slice", [tensor, ...bounds, ...(steps ? [builder.ints(steps)] : [])]);
}
