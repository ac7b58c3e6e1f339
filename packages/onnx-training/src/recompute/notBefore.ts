import { slice } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";

/** ONNX's number for the type of axes and sizes. */
const INT64 = 7;

/**
 * Gives tensors as they are, but not before all of `gates` are there. Each gets new axes at the places that
 * no entries of the gates name: none, so that nothing is copied, and no optimizer can fold that or find
 * it equal to anything. Not by Reshape, which the runtime joins with a Reshape behind it, and fails. Before
 * opset 13 axes are no input, and each is repeated once, which copies.
 */
export function notBefore(
  context: EmitContext,
  gates: readonly string[],
): (tensor: string) => string {
  const { builder, opset, info } = context;
  const nothing = gates.map((gate) => {
    const entries = builder.op("Reshape", [gate, builder.ints([-1])]);
    const none = slice(context, entries, { axes: [0], starts: [0], ends: [0] });
    return builder.op("Cast", [none], { attributes: { to: INT64 } });
  });
  const concat = (lists: readonly string[]): string =>
    builder.op("Concat", lists, { attributes: { axis: 0 } });
  if (opset >= 13) {
    const axes = concat(nothing);
    return (tensor) => builder.op("Unsqueeze", [tensor, axes]);
  }
  return (tensor) => {
    const once = info(tensor).dims.map(() => 1);
    return builder.op("Tile", [tensor, concat([builder.ints(once), ...nothing])]);
  };
}
