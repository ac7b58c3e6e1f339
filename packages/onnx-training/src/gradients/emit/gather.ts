import type { EmitContext } from "../EmitContext.js";
import { runtimePadding } from "./runtimePadding.js";
import type { SpreadOptions } from "./spread.js";
import { convolutionOf, paddingOf, type Windows } from "./windows.js";

/** Sums the entries of each window, times the weights `[channels of the result, channels of tensor / group, ...kernel]`: the adjoint of `spread`. */
export function gather(
  context: EmitContext,
  windows: Windows,
  { tensor, weights, group }: SpreadOptions,
): string {
  const { builder } = context;
  const padding = paddingOf(windows);
  const attributes = convolutionOf(windows, group);
  if (padding === undefined) {
    const padded = builder.op("Pad", [tensor, runtimePadding(context, windows)]);
    return builder.op("Conv", [padded, weights], { attributes });
  }
  const pads = [...padding.before, ...padding.after.map((count) => Math.max(count, 0))];
  return builder.op("Conv", [tensor, weights], { attributes: { ...attributes, pads } });
}
