import type { GraphBuilder } from "@dropoutkit/onnx";

/** The sum of some tensors of one shape. By Add, since GPUs have no kernel for Sum. */
export const addUp = (builder: Pick<GraphBuilder, "op">, tensors: readonly string[]): string =>
  tensors.reduce((sum, tensor) => builder.op("Add", [sum, tensor]));
