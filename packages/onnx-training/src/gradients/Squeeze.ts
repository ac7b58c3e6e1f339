import { intsAttribute } from "@dropoutkit/onnx/graph";
import { reshapeLike } from "./emit/reshapeLike.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** The rule of an operator that takes axes of size 1 away or adds them: its inverse, of the same axes. */
const undone =
  (inverse: "Squeeze" | "Unsqueeze"): GradientRule =>
  (context) => {
    const { builder, node, graphs } = context;
    const dy = outputGradient(context);
    const [x, axesInput] = node.input;
    const axes = intsAttribute(node, "axes");
    // The runtime's Unsqueeze reads a scalar as a list of one axis, its Squeeze does not.
    const isScalar = axesInput && graphs.scope.known(axesInput)?.dims.length === 0;
    if (axesInput && !isScalar) return [builder.op(inverse, [dy, axesInput])];
    if (axes !== undefined) return [builder.op(inverse, [dy], { attributes: { axes } })];
    return [reshapeLike(context, dy, x)];
  };

/** X without axes of size 1: the named ones, or all. */
export const Squeeze: GradientRule = undone("Unsqueeze");

/** X with more axes of size 1. */
export const Unsqueeze: GradientRule = undone("Squeeze");
