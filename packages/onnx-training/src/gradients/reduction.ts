import {
  intAttribute,
  intsAttribute,
  type NodeProto,
  nodeLabel,
  reduce,
  unsqueeze,
} from "@dropoutkit/onnx/graph";
import { type Arithmetic, arithmetic, type Operand } from "./emit/arithmetic.js";
import { expandLike } from "./emit/expandLike.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/** What the derivative of a reduction is written with; `y` and `dy` with the reduced axes as size 1. */
export interface Reduction extends Arithmetic {
  readonly node: NodeProto;
  readonly x: string;
  readonly y: string;
  readonly dy: string;
  /** Sums and multiplies along the axes of the node, which stay with size 1. */
  sum(tensor: string): string;
  prod(tensor: string): string;
  /** Number of entries that one of the output is made of. */
  count(): Operand;
  /** Repeats a tensor along the reduced axes. */
  expand(tensor: string): string;
}

/** The rule of an operator that reduces axes: `derive` returns the gradient with respect to the input. */
export const reduction =
  (
    derive: (terms: Reduction) => string,
    axesOf: (context: GradientContext) => readonly number[] = namedAxes,
  ): GradientRule =>
  (context) => {
    const [x] = context.node.input;
    const axes = axesOf(context);
    const keepdims = intAttribute(context.node, "keepdims", 1) === 1;
    const kept = (tensor: string): string => (keepdims ? tensor : unsqueeze(context, tensor, axes));
    return [
      derive({
        ...arithmetic(context, x),
        node: context.node,
        x,
        get y() {
          return kept(context.output(0));
        },
        dy: kept(outputGradient(context)),
        sum: (tensor) => reduce(context, "ReduceSum", { tensor, axes }),
        prod: (tensor) => reduce(context, "ReduceProd", { tensor, axes }),
        count: () => countOf(context, axes),
        expand: (tensor) => expandLike(context, { tensor, axes, like: x }),
      }),
    ];
  };

/** The axes that a node reduces, from 0 on; all where it names none. They are an attribute or a constant input. */
function namedAxes(context: GradientContext): number[] {
  const { node, info, constant } = context;
  const rank = info(node.input[0]).dims.length;
  const named = node.input[1] ? constant(node.input[1]) : undefined;
  if (node.input[1] && named === undefined) {
    throw new Error(`gradient: ${nodeLabel(node)} must have constant axes, got ${node.input[1]}`);
  }
  const axes = named ?? intsAttribute(node, "axes") ?? [];
  const isNoop = intAttribute(node, "noop_with_empty_axes", 0) === 1;
  if (axes.length === 0 && !isNoop) return Array.from({ length: rank }, (_, axis) => axis);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}

function countOf({ builder, node, info }: GradientContext, axes: readonly number[]): Operand {
  const [x] = node.input;
  const { dataType, dims } = info(x);
  const sizes = axes.map((axis) => dims[axis]);
  if (sizes.every((size) => typeof size === "number")) {
    return sizes.reduce((product, size) => product * size, 1);
  }
  const [all, reduced] = [x, node.output[0]].map((tensor) =>
    builder.op("Cast", [builder.op("Size", [tensor])], { attributes: { to: dataType } }),
  );
  return builder.op("Div", [all, reduced]);
}
