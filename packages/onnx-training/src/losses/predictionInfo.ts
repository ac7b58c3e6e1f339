import type { OnnxModel } from "@dropoutkit/onnx";
import { inferShapes, nearMisses, type TensorInfo, tensorTypeOf } from "@dropoutkit/onnx/graph";

export interface PredictionOptions {
  readonly owner: string;
  /** The option that names the tensor. */
  readonly option: string;
  readonly tensor: string;
}

/**
 * What is known of a tensor that a loss is computed from.
 * @throws {Error} If the model has no such tensor, or its shape is not known.
 * @throws {TypeError} If it does not hold float32.
 */
export function predictionInfo(
  model: OnnxModel,
  { owner, option, tensor }: PredictionOptions,
): TensorInfo {
  const info = inferShapes(model).get(tensor);
  if (info === undefined) {
    const names = model.graph.node.flatMap(({ output }) => output);
    throw new Error(
      `${owner}: ${option} must be a tensor of the model with a known shape, got ${tensor}${nearMisses(tensor, names)}`,
    );
  }
  const type = tensorTypeOf(info.dataType);
  if (type !== "float32") {
    throw new TypeError(
      `${owner}: ${option} must hold float32, got ${tensor} of ${type ?? `data type ${info.dataType}`}`,
    );
  }
  return info;
}
