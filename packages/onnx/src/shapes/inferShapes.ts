import { tensorAttribute } from "../attribute.js";
import type { OnnxModel } from "../codec.js";
import type { NodeProto, TensorProto } from "../schema.js";
import { type TensorInfo, tensorInfoOf } from "../valueInfo.js";
import { shapeRules } from "./shapeRules.js";

/** Types and sizes of the tensors that are known before the model runs, by name. */
export type TensorInfos = ReadonlyMap<string, TensorInfo>;

/**
 * Finds the type and sizes of a graph's tensors: what the model declares, and what follows from it
 * by the operators that `shapeRules` knows. A tensor that nothing is known of is missing.
 */
export function inferShapes({ graph }: OnnxModel): TensorInfos {
  const infos = new Map<string, TensorInfo>();
  for (const value of [...graph.valueInfo, ...graph.output, ...graph.input]) {
    const info = tensorInfoOf(value);
    if (info !== undefined) infos.set(value.name, info);
  }
  const constants = new Map<string, TensorProto>();
  for (const tensor of graph.initializer) {
    constants.set(tensor.name, tensor);
    infos.set(tensor.name, constantInfo(tensor));
  }
  for (const node of graph.node) {
    const value = node.opType === "Constant" ? tensorAttribute(node, "value") : undefined;
    if (value !== undefined) {
      constants.set(node.output[0], value);
      infos.set(node.output[0], constantInfo(value));
    } else {
      inferNode(node, infos, constants);
    }
  }
  return infos;
}

const constantInfo = ({ dataType, dims }: TensorProto): TensorInfo => ({
  dataType,
  dims: dims.map(Number),
});

function inferNode(
  node: NodeProto,
  infos: Map<string, TensorInfo>,
  constants: ReadonlyMap<string, TensorProto>,
): void {
  const outputs = shapeRules[node.opType]?.({
    node,
    inputs: node.input.map((name) => infos.get(name)),
    constants: node.input.map((name) => constants.get(name)),
  });
  outputs?.forEach((info, i) => {
    const name = node.output[i];
    if (name && info !== undefined && !infos.has(name)) infos.set(name, info);
  });
}
