import type { GraphBuilder } from "@dropoutkit/onnx/graph";

/**
 * The sum of some tensors of one shape. By Add, since GPUs have no kernel for Sum; and the runtime makes one node of a
 * Sum of two and a Gemm, and fails where that reads a node's third output.
 */
export const addUp = (builder: Pick<GraphBuilder, "op">, tensors: readonly string[]): string =>
  tensors.reduce((sum, tensor) => builder.op("Add", [sum, tensor]));
