import { shapeOf } from "../gradients/emit/shapeOf.js";
import type { EmitContext } from "../gradients/GradientRule.js";

export interface NotBeforeOptions {
  readonly tensor: string;
  /** A tensor of floats. */
  readonly gate: string;
}

/**
 * A tensor as it is, but not before `gate` is there. A reshape to its own shape, which no runtime copies
 * for, with no entries of the gate behind the sizes: an optimizer can neither fold that nor find it
 * equal to anything.
 */
export function notBefore(context: EmitContext, { tensor, gate }: NotBeforeOptions): string {
  const { builder, opset } = context;
  const entries = builder.op("Reshape", [gate, builder.ints([-1])]);
  const none =
    opset >= 10
      ? builder.op("Slice", [entries, builder.ints([0]), builder.ints([0])])
      : builder.op("Slice", [entries], { attributes: { starts: [0], ends: [0] } });
  const noSizes = builder.op("Cast", [none], { attributes: { to: INT64 } });
  const shape = builder.op("Concat", [shapeOf(context, tensor), noSizes], {
    attributes: { axis: 0 },
  });
  return builder.op("Reshape", [tensor, shape]);
}

/** ONNX's number for the type of sizes. */
const INT64 = 7;
