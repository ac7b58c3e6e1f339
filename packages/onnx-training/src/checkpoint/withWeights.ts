import { copyMessage, copyModel, makeTensor, type OnnxModel } from "@dropoutkit/onnx";

/** A copy of a model with other values of some initializers; all else of them, and they among others, stay. */
export function withWeights(
  base: OnnxModel,
  weights: ReadonlyMap<string, Float32Array>,
): OnnxModel {
  const model = copyModel(base);
  model.graph.initializer = model.graph.initializer.map((tensor) => {
    const { name } = tensor;
    const data = weights.get(name);
    if (data === undefined) return tensor;
    const { rawData } = makeTensor({ name, type: "float32", dims: [data.length], data });
    return copyMessage(tensor, { rawData, floatData: [] });
  });
  return model;
}
