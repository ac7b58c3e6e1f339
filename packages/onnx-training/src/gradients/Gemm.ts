import { floatAttribute, intAttribute } from "@dropoutkit/onnx/graph";
import { matrixProduct } from "./emit/matrixProduct.js";
import { reduceTo } from "./emit/reduceTo.js";
import { scalarLike } from "./emit/scalarLike.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = alpha · A' B' + beta · C, where A' and B' are the transposed A and B if transA and transB say so. */
export const Gemm: GradientRule = serving([0, 1, 2], (context) => {
  const { builder, node, needs } = context;
  const [a, b, c] = node.input;
  const dy = outputGradient(context);
  const alpha = floatAttribute(node, "alpha", 1);
  const beta = floatAttribute(node, "beta", 1);
  const transA = intAttribute(node, "transA", 0);
  const transB = intAttribute(node, "transB", 0);
  const product = (left: string, right: string, transLeft: number, transRight: number): string =>
    matrixProduct(context, { left, right, transLeft, transRight, alpha, like: a });
  // dA' = dY B'^T and dB' = A'^T dY, each transposed once more where the forward transposes.
  const da = (): string =>
    transA === 1 ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB);
  const db = (): string =>
    transB === 1 ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0);
  const dc = (): string => {
    const gradient = reduceTo(context, { gradient: dy, input: c, output: node.output[0] });
    return beta === 1 ? gradient : builder.op("Mul", [gradient, scalarLike(context, c, beta)]);
  };
  return [needs(0) ? da() : undefined, needs(1) ? db() : undefined, needs(2) ? dc() : undefined];
});
