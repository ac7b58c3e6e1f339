import { intAttribute } from "@dropoutkit/onnx/graph";
import type { GradientContext } from "../GradientRule.js";

/** The axes of a node's first input from its attribute `axis` on, by default the last. */
export function axesFrom({ node, info }: Pick<GradientContext, "node" | "info">): number[] {
  const rank = info(node.input[0]).dims.length;
  const axis = intAttribute(node, "axis", -1);
  const first = axis < 0 ? axis + rank : axis;
  return Array.from({ length: rank - first }, (_, i) => first + i);
}
