import type { EmitContext } from "../EmitContext.js";
import { scalarLike } from "./scalarLike.js";

export interface MatrixProductOptions {
  readonly left: string;
  readonly right: string;
  /** 1 to read a matrix transposed. Default: 0. */
  readonly transLeft?: number;
  readonly transRight?: number;
  /** Factor of the product. Default: 1. */
  readonly alpha?: number;
  /** A tensor of the forward graph with the element type. */
  readonly like: string;
}

/** A product of two matrices, either of them transposed. Gemm's summand may be left out since opset 11. */
export function matrixProduct(
  context: EmitContext,
  { left, right, transLeft = 0, transRight = 0, alpha = 1, like }: MatrixProductOptions,
): string {
  const { builder, opset } = context;
  const none = opset >= 11 ? [] : [scalarLike(context, like, 0)];
  return builder.op("Gemm", [left, right, ...none], {
    attributes: { alpha: { float: alpha }, transA: transLeft, transB: transRight },
  });
}
