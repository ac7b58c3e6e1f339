import type { EmitContext } from "../EmitContext.js";
import { runtimePadding } from "./runtimePadding.js";
import { convolutionOf, paddingOf, type Windows } from "./windows.js";

export interface SpreadOptions {
  /** As the windows' small tensor. */
  readonly tensor: string;
  /** `[channels of tensor, channels of the result / group, ...kernel]`. */
  readonly weights: string;
  readonly group: number;
}

/** Adds what each place holds, times the weights, to the entries of its window; the result has the shape of the windows' large tensor. */
export function spread(
  context: EmitContext,
  windows: Windows,
  { tensor, weights, group }: SpreadOptions,
): string {
  const { builder } = context;
  const padding = paddingOf(windows);
  const attributes = convolutionOf(windows, group);
  if (padding === undefined) {
    const whole = builder.op("ConvTranspose", [tensor, weights], { attributes });
    const cut = builder.op("Neg", [runtimePadding(context, windows)]);
    return builder.op("Pad", [whole, cut]);
  }
  const { before, after } = padding;
  return builder.op("ConvTranspose", [tensor, weights], {
    attributes: {
      ...attributes,
      pads: [...before, ...after.map((count) => Math.max(count, 0))],
      output_padding: after.map((count) => Math.max(-count, 0)),
    },
  });
}
