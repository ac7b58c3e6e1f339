import { type NodeProto, readsOf } from "@dropoutkit/onnx";

/** Operators whose outputs do not change when their inputs change a little: no gradient goes through them. */
const CONSTANT_OPERATORS: ReadonlySet<string> = new Set([
  "And",
  "ArgMax",
  "ArgMin",
  "Constant",
  "ConstantOfShape",
  "Equal",
  "EyeLike",
  "Greater",
  "GreaterOrEqual",
  "IsInf",
  "IsNaN",
  "Less",
  "LessOrEqual",
  "NonZero",
  "Not",
  "OneHot",
  "Or",
  "Range",
  "Shape",
  "Size",
  "Xor",
]);

/** The named tensors and all that a change of theirs changes. */
export function dependents(
  nodes: readonly NodeProto[],
  names: readonly string[],
): ReadonlySet<string> {
  const found = new Set(names);
  for (const node of nodes) {
    if (CONSTANT_OPERATORS.has(node.opType)) continue;
    if (readsOf(node).some((name) => found.has(name)))
      for (const name of node.output) found.add(name);
  }
  found.delete("");
  return found;
}

/** A tensor and all that it is computed from. */
export function ancestors(nodes: readonly NodeProto[], tensor: string): ReadonlySet<string> {
  const found = new Set([tensor]);
  for (const node of [...nodes].reverse()) {
    if (node.output.some((name) => found.has(name)))
      for (const name of readsOf(node)) found.add(name);
  }
  found.delete("");
  return found;
}
