import { makeAttribute } from "../model/attribute.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { TensorProto } from "../model/schema.js";
import { isConstant } from "./constantTensor.js";

/**
 * Puts other constants in the place of those of the same names, initializers or `Constant` nodes of the main
 * graph, in place; takes out those that `change` gives nothing for.
 */
export function replaceConstants(
  { graph }: OnnxModel,
  change: ReadonlyMap<string, TensorProto | undefined>,
): void {
  graph.initializer = graph.initializer.flatMap((tensor) => {
    const other = change.has(tensor.name) ? change.get(tensor.name) : tensor;
    return other === undefined ? [] : [other];
  });
  graph.node = graph.node.flatMap((node) => {
    const [name] = node.output;
    if (!isConstant(node) || !change.has(name)) return [node];
    const tensor = change.get(name);
    return tensor === undefined
      ? []
      : [copyMessage(node, { attribute: [makeAttribute("value", tensor)] })];
  });
}
