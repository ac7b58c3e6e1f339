import type { EmitContext } from "../GradientRule.js";

/** An operator that reduces axes, and the opset at which its axes became an input. */
const axesAsInput = {
  ReduceMax: 18,
  ReduceMean: 18,
  ReduceMin: 18,
  ReduceProd: 18,
  ReduceSum: 13,
} as const;

export interface ReduceOptions {
  readonly tensor: string;
  readonly axes: readonly number[];
  /** Whether the axes stay, with size 1. Default: true. */
  readonly keep?: boolean;
}

/** Reduces the named axes; none of them leaves the tensor as it is. */
export function reduce(
  { builder, opset }: Pick<EmitContext, "builder" | "opset">,
  opType: keyof typeof axesAsInput,
  { tensor, axes, keep = true }: ReduceOptions,
): string {
  if (axes.length === 0) return tensor;
  const keepdims = keep ? 1 : 0;
  return opset >= axesAsInput[opType]
    ? builder.op(opType, [tensor, builder.ints(axes)], { attributes: { keepdims } })
    : builder.op(opType, [tensor], { attributes: { keepdims, axes } });
}
