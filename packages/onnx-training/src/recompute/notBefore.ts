import { shapeOf } from "../gradients/emit/shapeOf.js";
import { slice } from "../gradients/emit/slice.js";
import type { EmitContext } from "../gradients/GradientRule.js";

/** ONNX's number for the type of sizes. */
const INT64 = 7;

/**
 * Gives tensors as they are, but not before all of `gates` are there. Each is reshaped to its own shape,
 * which no runtime copies for, with no entries of the gates behind the sizes: an optimizer can neither
 * fold that nor find it equal to anything.
 */
export function notBefore(
  context: EmitContext,
  gates: readonly string[],
): (tensor: string) => string {
  const { builder } = context;
  const noSizes = gates.map((gate) => {
    const entries = builder.op("Reshape", [gate, builder.ints([-1])]);
    const none = slice(context, entries, { axes: [0], starts: [0], ends: [0] });
    return builder.op("Cast", [none], { attributes: { to: INT64 } });
  });
  return (tensor) => {
    const sizes = [shapeOf(context, tensor), ...noSizes];
    const shape = builder.op("Concat", sizes, { attributes: { axis: 0 } });
    return builder.op("Reshape", [tensor, shape]);
  };
}
