import type { OnnxModel } from "./OnnxModel.js";
import type { TensorProto } from "./schema.js";
import { valueInfoOf } from "./valueInfo.js";

/** Adds a weight to a model's main graph, in place: an initializer, and before IR version 4 the input that it is the default of. */
export function addInitializer({ irVersion, graph }: OnnxModel, tensor: TensorProto): void {
  graph.initializer.push(tensor);
  if (irVersion >= 4n || graph.input.some(({ name }) => name === tensor.name)) return;
  const { name, dataType, dims } = tensor;
  graph.input.push(valueInfoOf(name, { dataType, dims: dims.map(Number) }));
}
