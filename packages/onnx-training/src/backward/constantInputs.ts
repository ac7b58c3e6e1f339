import { generators, isStandardDomain, type NodeProto, readsOf } from "@dropoutkit/onnx/graph";

/** Operators whose outputs do not change when an input changes a little. */
const CONSTANT_OPERATORS: ReadonlySet<string> = new Set([
  "And",
  "ArgMax",
  "ArgMin",
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
  "NonMaxSuppression",
  "NonZero",
  "Not",
  "OptionalHasElement",
  "Or",
  "QLinearConv",
  "QLinearMatMul",
  "QuantizeLinear",
  "Round",
  "SequenceLength",
  "Shape",
  "Sign",
  "Size",
  "Xor",
  ...generators,
]);

/** Of others: the inputs that do not change the outputs when they change a little. */
const CONSTANT_INPUTS: Readonly<Record<string, readonly number[] | undefined>> = {
  /** Only its type counts. */
  CastLike: [1],
  /** Indices and depth, which may be floats; they are rounded. */
  OneHot: [0, 1],
  /** The limit says how many there are. */
  Range: [1],
};

/** Whether no gradient goes through an input of a node: the outputs do not change when it changes a little. */
export const isConstantInput = ({ domain, opType }: NodeProto, input: number): boolean =>
  isStandardDomain(domain) &&
  (CONSTANT_OPERATORS.has(opType) || CONSTANT_INPUTS[opType]?.includes(input) === true);

/** What a node reads, and the graphs in it, without the inputs that do not change its outputs. */
export function changingReads(node: NodeProto): readonly string[] {
  const inputs = node.input.filter((_, i) => !isConstantInput(node, i));
  const isNested = node.attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0);
  return isNested ? readsOf(node) : inputs;
}
