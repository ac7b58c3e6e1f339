import { type NodeProto, readsOf, type TensorInfos } from "@dropoutkit/onnx";

/** Operators whose outputs do not change when their inputs change a little: no gradient goes through them. */
const CONSTANT_OPERATORS: ReadonlySet<string> = new Set([
  "And",
  "ArgMax",
  "ArgMin",
  "Bernoulli",
  "BitShift",
  "BitwiseAnd",
  "BitwiseNot",
  "BitwiseOr",
  "BitwiseXor",
  "Ceil",
  "Constant",
  "ConstantOfShape",
  "Equal",
  "EyeLike",
  "Floor",
  "Greater",
  "GreaterOrEqual",
  "Hardmax",
  "IsInf",
  "IsNaN",
  "Less",
  "LessOrEqual",
  "Multinomial",
  "NonMaxSuppression",
  "NonZero",
  "Not",
  "OneHot",
  "Or",
  "RandomNormalLike",
  "RandomUniformLike",
  "Range",
  "Round",
  "Shape",
  "Sign",
  "Size",
  "Xor",
]);

/** ONNX's numbers for float32, float16, float64 and bfloat16. */
const FLOATS: ReadonlySet<number> = new Set([1, 10, 11, 16]);

/** The named tensors and all that a small change of theirs changes; tensors known to hold no floats do not change. */
export function dependents(
  nodes: readonly NodeProto[],
  { names, infos }: { readonly names: readonly string[]; readonly infos: TensorInfos },
): ReadonlySet<string> {
  const isFloat = (name: string): boolean => {
    const info = infos.get(name);
    return info === undefined || FLOATS.has(info.dataType);
  };
  const found = new Set(names.filter(isFloat));
  for (const node of nodes) {
    if (CONSTANT_OPERATORS.has(node.opType)) continue;
    if (readsOf(node).some((name) => found.has(name)))
      for (const name of node.output) if (isFloat(name)) found.add(name);
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
