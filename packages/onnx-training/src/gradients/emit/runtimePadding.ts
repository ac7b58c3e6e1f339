import { tooOld } from "../../backward/tooOld.js";
import type { EmitContext } from "../EmitContext.js";
import type { Windows } from "./windows.js";

/** The padding of windows as the run finds it: starts and then ends, for all axes, as Pad reads them. */
export function runtimePadding(context: EmitContext, { large, small, axes }: Windows): string {
  const { builder, opset } = context;
  if (opset < 13) {
    throw tooOld(
      `gradient: tensor ${large} must have known sizes at opset ${opset}, got some that are not (opset 13 or later reads them at the run)`,
    );
  }
  const space = (tensor: string): string =>
    builder.op("Slice", [
      builder.op("Shape", [tensor]),
      builder.ints([2]),
      builder.ints([axes.length + 2]),
    ]);
  const strides = builder.ints(axes.map(({ stride }) => stride));
  // (places - 1) stride + reach - size
  const rest = builder.ints(
    axes.map(({ kernel, dilation, stride }) => (kernel - 1) * dilation + 1 - stride),
  );
  const reached = builder.op("Add", [builder.op("Mul", [space(small), strides]), rest]);
  const over = builder.op("Sub", [reached, space(large)]);
  const total = builder.op("Max", [over, builder.ints([0])]);
  const half = builder.op("Div", [total, builder.ints([2])]);
  const other = builder.op("Sub", [total, half]);
  const before = axes.map(({ before: start }, axis) => {
    if (typeof start === "number") return builder.ints([start]);
    return builder.op("Gather", [start === "upper" ? half : other, builder.ints([axis])]);
  });
  const starts = builder.op("Concat", before, { attributes: { axis: 0 } });
  const ends = builder.op("Sub", [over, starts]);
  const none = builder.ints([0, 0]);
  return builder.op("Concat", [none, starts, none, ends], { attributes: { axis: 0 } });
}
