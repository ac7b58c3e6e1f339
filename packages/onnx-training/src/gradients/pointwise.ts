import type { NodeProto } from "@dropoutkit/onnx/graph";
import { type Arithmetic, arithmetic } from "./emit/arithmetic.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** What a derivative is written with: the arithmetic, the node's input and output, and the gradient with respect to the output. */
export interface Pointwise extends Arithmetic {
  readonly node: NodeProto;
  readonly x: string;
  readonly y: string;
  readonly dy: string;
}

/** The rule of an operator that maps each entry of one tensor: `derive` returns the gradient with respect to the input. */
export const pointwise =
  (derive: (terms: Pointwise) => string): GradientRule =>
  (context) => {
    const { node } = context;
    const [x] = node.input;
    const y = context.output(0);
    return [derive({ ...arithmetic(context, x), node, x, y, dy: outputGradient(context) })];
  };
