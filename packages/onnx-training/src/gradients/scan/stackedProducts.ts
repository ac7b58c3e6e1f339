import { floatAttribute, intAttribute, type NodeProto } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";
import { matrixProduct } from "../emit/matrixProduct.js";

/** A product of a body's tensor with a matrix from around the loop: `x · weight`, or `x · weight'`. */
export interface StackedProduct {
  readonly node: NodeProto;
  readonly x: string;
  readonly weight: string;
  /** Number of axes of x, and of the product. */
  readonly rank: number;
}

/**
 * The products whose gradients with respect to their weights are one product over all iterations, behind the loop,
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
    if (info(weight).dims.length !== 2) return [];
    return [{ node, x, weight, rank: info(x).dims.length }];
  });
}

/** The gradient with respect to a product's weight from the sequences `[iterations, ..., features]` of x and of the gradient with respect to the product. */
export function stackedGradient(
  context: EmitContext,
  { node, weight, rank }: StackedProduct,
  sequences: { readonly xs: string; readonly dys: string },
): string {
  const flat = (sequence: string): string =>
    context.builder.op("Flatten", [sequence], { attributes: { axis: rank } });
  const [x, dy] = [flat(sequences.xs), flat(sequences.dys)];
  const [left, right] = intAttribute(node, "transB", 0) === 1 ? [dy, x] : [x, dy];
  const alpha = floatAttribute(node, "alpha", 1);
  return matrixProduct(context, { left, right, transLeft: 1, alpha, like: weight });
}
