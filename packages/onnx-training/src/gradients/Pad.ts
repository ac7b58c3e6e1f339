import { intsAttribute, reduce, stringAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { filledLike } from "./emit/filledLike.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";
import { gradientOfRepeated } from "./movedEntries.js";

/** Y = X with more entries around it, or fewer where a pad is negative. */
export const Pad: GradientRule = serving([0, 2], (context) => {
  if (stringAttribute(context.node, "mode", "constant") !== "constant")
    return [gradientOfRepeated(context)];
  return [
    context.needs(0) ? padBack(context, outputGradient(context)) : undefined,
    undefined,
    context.needs(2) ? byConstant(context) : undefined,
  ];
});

/** The gradient loses what was added, and has zeros for what was cut off. */
function padBack({ builder, node, opset }: GradientContext, dy: string): string {
  if (opset < 11) {
    const pads = (intsAttribute(node, "pads") ?? []).map((size) => -size);
    return builder.op("Pad", [dy], { attributes: { pads } });
  }
  const [, pads, , axes] = node.input;
  const back = builder.op("Neg", [pads]);
  return builder.op("Pad", axes ? [dy, back, "", axes] : [dy, back]);
}

/** The constant's gradient is the sum of what lies around X. */
function byConstant(context: GradientContext): string {
  const { builder, node, info } = context;
  const [x, pads, , axes] = node.input;
  const { select, greater } = arithmetic(context, x);
  const ones = filledLike(context, x, 1);
  const inside = builder.op("Pad", axes ? [ones, pads, "", axes] : [ones, pads]);
  const around = select(greater(inside, 0), 0, outputGradient(context));
  const all = info(context.output(0)).dims.map((_, axis) => axis);
  const sum = reduce(context, "ReduceSum", { tensor: around, axes: all, keep: false });
  return builder.op("Reshape", [sum, builder.op("Shape", [node.input[2]])]);
}
