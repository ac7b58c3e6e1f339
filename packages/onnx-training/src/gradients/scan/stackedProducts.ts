import { floatAttribute, intAttribute, type NodeProto } from "@dropoutkit/onnx";
import { scalarLike } from "../emit/scalarLike.js";
import type { EmitContext } from "../GradientRule.js";

/** A product of a body's tensor with a matrix from around the loop: `x · weight`, or `x · weight'`. */
export interface StackedProduct {
  readonly node: NodeProto;
  readonly x: string;
  readonly weight: string;
}

/**
 * The products whose gradients by their weights are one product over all iterations, behind the loop,
 * where the loop itself would add up one for each.
 */
export function stackedProducts(
  nodes: readonly NodeProto[],
  { info, isAround }: Pick<EmitContext, "info"> & { isAround(tensor: string): boolean },
): StackedProduct[] {
  return nodes.flatMap((node): StackedProduct[] => {
    const [x, weight] = node.input;
    const isProduct =
      node.opType === "MatMul" || (node.opType === "Gemm" && intAttribute(node, "transA", 0) === 0);
    if (!isProduct || isAround(x) || !isAround(weight)) return [];
    const { dims } = info(weight);
    const isMatrix = dims.length === 2 && dims.every((size) => typeof size === "number");
    return isMatrix ? [{ node, x, weight }] : [];
  });
}

/** The gradient by a product's weight from the sequences `[iterations, ..., features]` of x and of the gradient by the product. */
export function stackedGradient(
  context: EmitContext,
  { node, weight }: StackedProduct,
  { xs, dys }: { readonly xs: string; readonly dys: string },
): string {
  const { builder, opset, info } = context;
  const transB = intAttribute(node, "transB", 0);
  const [rows, columns] = info(weight).dims.map(Number);
  const flat = (sequence: string, features: number): string =>
    builder.op("Reshape", [sequence, builder.ints([-1, features])]);
  const [x, dy] =
    transB === 1 ? [flat(xs, columns), flat(dys, rows)] : [flat(xs, rows), flat(dys, columns)];
  const [a, b] = transB === 1 ? [dy, x] : [x, dy];
  // C may be left out since opset 11.
  const none = opset >= 11 ? [] : [scalarLike(context, weight, 0)];
  const alpha = { float: floatAttribute(node, "alpha", 1) };
  return builder.op("Gemm", [a, b, ...none], { attributes: { alpha, transA: 1 } });
}
