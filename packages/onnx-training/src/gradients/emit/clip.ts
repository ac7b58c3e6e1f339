import type { EmitContext } from "../GradientRule.js";

export interface ClipOptions {
  readonly tensor: string;
  readonly min?: number;
  readonly max?: number;
}

/** The entries of a float32 tensor, held between two numbers. The bounds became inputs at opset 11. */
export function clip(
  { builder, opset }: Pick<EmitContext, "builder" | "opset">,
  { tensor, min, max }: ClipOptions,
): string {
  if (opset >= 11) {
    const bounds = [min, max].map((bound) =>
      bound === undefined ? "" : builder.scalar("float32", bound),
    );
    return builder.op("Clip", [tensor, ...bounds]);
  }
  const attributes = {
    ...(min === undefined ? {} : { min: { float: min } }),
    ...(max === undefined ? {} : { max: { float: max } }),
  };
  return builder.op("Clip", [tensor], { attributes });
}
