import { intAttribute } from "../../model/attribute.js";
import type { OpsetContext, OpsetRule } from "../OpsetRule.js";
import { findAttribute, withoutAttributes, writeNode } from "../writeNode.js";

/** A tensor with axes of size 1 behind its own; the node that gives them is of opset 7, as the rule's. */
const withAxesBehind = (
  tensor: string,
  rank: number,
  count: number,
  { builder }: OpsetContext,
): string =>
  builder.op("Unsqueeze", [tensor], {
    attributes: { axes: Array.from({ length: count }, (_, i) => rank + i) },
    name: builder.uniqueName(`${tensor}/Unsqueeze`),
  });

function rankOf(tensor: string, { info, refuse }: OpsetContext): number {
  const rank = info(tensor)?.dims.length;
  if (rank === undefined) throw refuse("read tensors of known ranks", tensor);
  return rank;
}

/** The second input was stretched to the first: its axes were the last ones, or those from `axis` on. */
const broadcast: OpsetRule = (node, context) => {
  const [a, b] = node.input;
  const attribute = withoutAttributes(node, "axis", "broadcast");
  const isPlaced = findAttribute(node, "axis") !== undefined;
  if (!isPlaced || intAttribute(node, "broadcast", 0) === 0) {
    writeNode(node, context, { attribute });
    return;
  }
  const axis = intAttribute(node, "axis", 0);
  const rank = rankOf(b, context);
  const behind = rankOf(a, context) - axis - rank;
  if (axis < 0 || behind < 0) {
    throw context.refuse("have an axis from which the second input fits into the first", `${axis}`);
  }
  const placed = behind === 0 ? b : withAxesBehind(b, rank, behind, context);
  writeNode(node, context, { input: [a, placed], attribute });
};

/** A list of slopes was for the channels, axis 1. */
const slopes: OpsetRule = (node, context) => {
  const [x, slope] = node.input;
  const dims = context.info(slope)?.dims;
  if (dims === undefined) throw context.refuse("read tensors of known ranks", slope);
  const behind = dims.length === 1 && dims[0] !== 1 ? rankOf(x, context) - 2 : 0;
  const placed = behind <= 0 ? slope : withAxesBehind(slope, 1, behind, context);
  writeNode(node, context, { input: [x, placed] });
};

const rules = { 7: broadcast };

/** Operators on two tensors, before they broadcast as NumPy does. */
export const broadcastRules: Readonly<Record<string, Readonly<Record<number, OpsetRule>>>> = {
  Add: rules,
  And: rules,
  Div: rules,
  Equal: rules,
  Gemm: rules,
  Greater: rules,
  Less: rules,
  Mul: rules,
  Or: rules,
  PRelu: { 7: slopes },
  Pow: rules,
  Sub: rules,
  Xor: rules,
};
