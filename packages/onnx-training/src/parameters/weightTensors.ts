import type { OnnxModel } from "@dropoutkit/onnx";
import { constantTensors, sitesOf, type TensorProto, tensorTypeOf } from "@dropoutkit/onnx/graph";

/**
 * The tensors of a model that are taken for weights: of float32, with an axis and an entry, and none of a dropout site.
 * They are its initializers; in a file that has none such, as PaddlePaddle writes them, its `Constant` nodes, which
 * elsewhere hold the numbers that stand in a program.
 */
export function weightTensors(model: OnnxModel): TensorProto[] {
  const { graph } = model;
  const sites = sitesOf(model).map(({ site }) => `${site}/`);
  const isWeight = ({ name, dataType, dims }: TensorProto): boolean =>
    tensorTypeOf(dataType) === "float32" &&
    dims.length > 0 &&
    !dims.includes(0n) &&
    !sites.some((site) => name.startsWith(site));
  const initializers = graph.initializer.filter(isWeight);
  return initializers.length > 0 ? initializers : constantTensors(graph).filter(isWeight);
}
