import type { OnnxModel } from "@dropoutkit/onnx";
import {
  constantTensors,
  copyMessage,
  copyModel,
  makeTensor,
  replaceConstants,
  type TensorProto,
} from "@dropoutkit/onnx/graph";

/** A copy of a model with other values of some constants, where the model has them; all else of them, and they among others, stay. */
export function withWeights(
  base: OnnxModel,
  weights: ReadonlyMap<string, Float32Array>,
): OnnxModel {
  const model = copyModel(base);
  const change = constantTensors(model.graph).flatMap((tensor): [string, TensorProto][] => {
    const { name } = tensor;
    const data = weights.get(name);
    if (data === undefined) return [];
    const { rawData } = makeTensor({ name, type: "float32", dims: [data.length], data });
    return [[name, copyMessage(tensor, { rawData, floatData: [] })]];
  });
  replaceConstants(model, new Map(change));
  return model;
}
