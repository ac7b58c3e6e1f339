import type { EmitContext } from "../GradientRule.js";

export interface SliceOptions {
  readonly tensor: string;
  readonly from: number;
  /** Behind the last entry. */
  readonly to: number;
}

/** A part of a tensor along its first axis. The bounds became inputs at opset 10. */
export function slice(
  { builder, opset }: Pick<EmitContext, "builder" | "opset">,
  { tensor, from, to }: SliceOptions,
): string {
  return opset >= 10
    ? builder.op("Slice", [tensor, builder.ints([from]), builder.ints([to])])
    : builder.op("Slice", [tensor], { attributes: { axes: [0], starts: [from], ends: [to] } });
}
