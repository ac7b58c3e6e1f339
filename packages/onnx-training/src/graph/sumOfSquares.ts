import type { GraphBuilder } from "@dropoutkit/onnx";
import { addUp } from "../addUp.js";

/**
 * The sum of the squares of all entries, a scalar. By Mul and ReduceSum, which the runtime has fast kernels for, other
 * than ReduceSumSquare; and optimizers that square the gradients share the Mul.
 */
export const sumOfSquares = (
  builder: Pick<GraphBuilder, "op">,
  tensors: readonly string[],
): string =>
  addUp(
    builder,
    tensors.map((tensor) =>
      builder.op("ReduceSum", [builder.op("Mul", [tensor, tensor])], {
        attributes: { keepdims: 0 },
      }),
    ),
  );
