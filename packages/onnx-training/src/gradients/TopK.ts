import { intAttribute, nodeLabel } from "@dropoutkit/onnx/graph";
import { tooOld } from "../backward/tooOld.js";
import { filledLike } from "./emit/filledLike.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The largest (or smallest) entries of X along an axis; the gradient goes to where they were. */
export const TopK: GradientRule = (context) => {
  const { builder, node, opset } = context;
  const axis = intAttribute(node, "axis", -1);
  if (opset < 9) {
    throw tooOld(
      `gradient: ${nodeLabel(node)} must be of opset 9 or later to be derived here, got opset ${opset}`,
    );
  }
  const opType = opset >= 11 ? "ScatterElements" : "Scatter";
  const named = axis < 0 && opset < 11 ? axis + context.info(node.input[0]).dims.length : axis;
  const inputs = [
    filledLike(context, node.input[0], 0),
    context.output(1),
    outputGradient(context),
  ];
  return [builder.op(opType, inputs, { attributes: { axis: named } })];
};
