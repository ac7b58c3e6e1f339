import type { GradientContext } from "./GradientRule.js";

/** Sums a gradient over the axes along which `input` was broadcast to `output`, so that it has the shape of `input`. */
export function reduceTo(
  { builder, info }: GradientContext,
  {
    gradient,
    input,
    output,
  }: { readonly gradient: string; readonly input: string; readonly output: string },
): string {
  const { dims } = info(input);
  const full = info(output).dims;
  const lead = full.length - dims.length;
  const isBroadcast = full.map(
    (size, axis) => axis >= lead && dims[axis - lead] === 1 && size !== 1,
  );
  const broadcast = full.flatMap((_, axis) => (isBroadcast[axis] ? [axis] : []));
  const leading = Array.from({ length: lead }, (_, axis) => axis);
  if (broadcast.length === 0 && lead === 0) return gradient;
  const reduced =
    broadcast.length === 0
      ? gradient
      : builder.op("ReduceSum", [gradient, builder.ints(broadcast)], {
          attributes: { keepdims: 1 },
        });
  if (lead === 0) return reduced;
  return builder.op("ReduceSum", [reduced, builder.ints(leading)], { attributes: { keepdims: 0 } });
}
