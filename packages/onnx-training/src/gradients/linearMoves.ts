import { intAttribute } from "@dropoutkit/onnx/graph";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/** The node's own operator on the gradient. */
function again(context: GradientContext): string {
  const { builder, node } = context;
  const [, ...rest] = node.input;
  const result = builder.op(node.opType, [outputGradient(context), ...rest]);
  builder.nodes[builder.nodes.length - 1].attribute.push(...node.attribute);
  return result;
}

/** Y = X with zeros on one side of a diagonal, or the start of each sequence reversed: Trilu, ReverseSequence. */
export const selfAdjoint: GradientRule = (context) => [again(context)];

/** Y = running sums of X along an axis; those of the gradient run the other way. */
export const CumSum: GradientRule = (context) => {
  const { builder, node } = context;
  const attributes = {
    exclusive: intAttribute(node, "exclusive", 0),
    reverse: 1 - intAttribute(node, "reverse", 0),
  };
  return [builder.op("CumSum", [outputGradient(context), node.input[1]], { attributes })];
};
