import { type Dim, reduce, squeeze } from "@dropoutkit/onnx/graph";
import { tooOld } from "../../backward/tooOld.js";
import type { EmitContext } from "../EmitContext.js";

export interface ReduceToOptions {
  readonly gradient: string;
  readonly input: string;
  readonly output: string;
}

/** Sums a gradient over the axes along which `input` was broadcast to `output`, so that it has the shape of `input`. */
export const reduceTo = (
  context: EmitContext,
  { gradient, input, output }: ReduceToOptions,
): string => reduceFrom(context, { gradient, input, full: context.info(output).dims });

/** Sums a gradient with sizes `full` over the axes along which `input` was broadcast to them. */
export function reduceFrom(
  context: EmitContext,
  {
    gradient,
    input,
    full,
  }: { readonly gradient: string; readonly input: string; readonly full: readonly Dim[] },
): string {
  const { dims } = context.info(input);
  const lead = full.length - dims.length;
  const leading = full.slice(0, lead).map((_, axis) => axis);
  const own = reduce(context, "ReduceSum", { tensor: gradient, axes: leading, keep: false });
  if (dims.some((size, axis) => mayBeOne(size, full[lead + axis]))) {
    return reduceAtRuntime(context, own, input);
  }
  const axes = dims.flatMap((size, axis) => (size === 1 && full[lead + axis] !== 1 ? [axis] : []));
  return reduce(context, "ReduceSum", { tensor: own, axes });
}

/** Whether only the run tells if a size was broadcast: a name beside another one, or beside a number. */
const mayBeOne = (size: Dim, full: Dim): boolean =>
  typeof size === "string" && size !== full && full !== 1;

/** Sums over the axes along which a tensor has not the size of `input`. */
function reduceAtRuntime(context: EmitContext, tensor: string, input: string): string {
  const { builder, opset } = context;
  if (opset < 13) {
    throw tooOld(
      `gradient: tensor ${input} must have known sizes at opset ${opset}, got one that may be broadcast (opset 13 or later decides at the run)`,
    );
  }
  const [own, full] = [input, tensor].map((name) => builder.op("Shape", [name]));
  const differs = builder.op("Not", [builder.op("Equal", [own, full])]);
  const axes = squeeze(context, builder.op("NonZero", [differs]), [0]);
  return builder.op("ReduceSum", [tensor, axes], {
    attributes: { keepdims: 1, noop_with_empty_axes: 1 },
  });
}
