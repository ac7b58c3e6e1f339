import type { OnnxModel } from "../model/OnnxModel.js";
import type { GraphProto } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { Inference } from "./Inference.js";

/** Types and sizes of the tensors that are known before the model runs, by name. */
export type TensorInfos = ReadonlyMap<string, TensorInfo>;

/**
 * Finds the type and sizes of a graph's tensors: what the model declares, and what follows from it by
 * the rules of the standard operators. A tensor of which the type or the rank is not known is missing;
 * a size that is not known is named after its tensor and axis, as in `tokens.1`, and one that follows
 * from named sizes is a formula that `evaluateDim` reads, as in `floor(height/2) + 1`. A name that would not be read
 * as one, such as `seq len`, stands in braces.
 */
export function inferShapes(model: OnnxModel): TensorInfos {
  return inferNestedShapes(model).get(model.graph) ?? new Map();
}

/**
 * `inferShapes` for the graph and for those nested in its nodes: for each the tensors that are made in
 * it, or are inputs of it. Those of the scopes around it stand in the maps of the graphs around it.
 */
export function inferNestedShapes(model: OnnxModel): ReadonlyMap<GraphProto, TensorInfos> {
  return new Inference(model).infos;
}
