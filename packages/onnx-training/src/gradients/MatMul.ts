import { type Dim, squeeze, unsqueeze } from "@dropoutkit/onnx/graph";
import { filledLike } from "./emit/filledLike.js";
import { matrixProduct } from "./emit/matrixProduct.js";
import { reduceFrom } from "./emit/reduceTo.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/**
 * Y = A B over the last two axes, the others broadcast; a list is a row on the left and a column on the
 * right. dA = dY Bᵀ and dB = Aᵀ dY for each matrix of the batch, summed where it was broadcast.
 */
export const MatMul: GradientRule = serving([0, 1], (context) => {
  const { builder, node, info, needs } = context;
  const [a, b] = node.input;
  const [dimsA, dimsB] = node.input.map((tensor) => info(tensor).dims);
  const [isRow, isColumn] = [dimsA.length === 1, dimsB.length === 1];
  const { dims } = info(context.output(0));
  const batch = dims.slice(0, dims.length - (isRow ? 0 : 1) - (isColumn ? 0 : 1));
  const missing = [...(isRow ? [batch.length] : []), ...(isColumn ? [batch.length + 1] : [])];
  const dy = unsqueeze(context, outputGradient(context), missing);
  const size = (of: readonly Dim[], axis: number): Dim => of.at(axis) ?? 1;
  const da = (): string => {
    // The runtime leaves sums of nothing unwritten.
    if (dimsB.length > 1 && size(dimsB, -1) === 0) return filledLike(context, a, 0);
    const right = turned(context, isColumn ? unsqueeze(context, b, [1]) : b, dimsB.length);
    const full = [...batch, isRow ? 1 : size(dimsA, -2), size(dimsA, -1)];
    return reduceFrom(context, { gradient: builder.op("MatMul", [dy, right]), input: a, full });
  };
  const db = (): string => {
    if (!isRow && dimsB.length === 2) return oneMatrix(context, dy);
    if (size(dimsA, -2) === 0) return filledLike(context, b, 0);
    const left = turned(context, isRow ? unsqueeze(context, a, [0]) : a, dimsA.length);
    const product = builder.op("MatMul", [left, dy]);
    const gradient = isColumn ? squeeze(context, product, [batch.length + 1]) : product;
    const own = isColumn ? [size(dimsB, -1)] : [size(dimsB, -2), size(dimsB, -1)];
    return reduceFrom(context, { gradient, input: b, full: [...batch, ...own] });
  };
  return [needs(0) ? da() : undefined, needs(1) ? db() : undefined];
});

/** The gradient with respect to the one matrix on the right: the rows of a whole batch are those of one matrix, so nothing is summed after. */
function oneMatrix(context: GradientContext, dy: string): string {
  const { builder, node, info } = context;
  const [a] = node.input;
  const axis = info(a).dims.length - 1;
  const [left, right] = [a, dy].map((tensor) =>
    axis === 1 ? tensor : builder.op("Flatten", [tensor], { attributes: { axis } }),
  );
  return matrixProduct(context, { left, right, transLeft: 1, like: a });
}

/** Matrices with rows and columns exchanged; a list was given its second axis. */
function turned({ builder }: GradientContext, tensor: string, dims: number): string {
  const rank = Math.max(dims, 2);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
  return builder.op("Transpose", [tensor], { attributes: { perm } });
}
