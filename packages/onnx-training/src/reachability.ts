import type { NodeProto } from "@dropoutkit/onnx";

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
  for (const { opType, input, output } of nodes) {
    if (CONSTANT_OPERATORS.has(opType) || !input.some((name) => found.has(name))) continue;
    for (const name of output) found.add(name);
  }
  found.delete("");
  return found;
}

/** A tensor and all that it is computed from. */
export function ancestors(nodes: readonly NodeProto[], tensor: string): ReadonlySet<string> {
  const found = new Set([tensor]);
  for (const { input, output } of [...nodes].reverse()) {
    if (output.some((name) => found.has(name))) for (const name of input) found.add(name);
  }
  found.delete("");
  return found;
}
