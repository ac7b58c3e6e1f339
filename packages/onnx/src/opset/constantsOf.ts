import { tensorAttribute } from "../attribute.js";
import type { OnnxModel } from "../codec.js";
import type { GraphBuilder } from "../GraphBuilder.js";
import type { TensorProto } from "../schema.js";
import { walkGraphs } from "../scopes/walkGraphs.js";
import { tensorData } from "../tensor.js";

/** Finds a constant's elements: of a model's graphs, or one that a builder made. */
export type Constants = (tensor: string, builder: GraphBuilder) => readonly number[] | undefined;

/** Constants that no caller can replace, by their names. */
export function constantsOf({ graph, irVersion }: OnnxModel): Constants {
  const tensors = new Map<string, TensorProto>();
  for (const { graph: part } of walkGraphs(graph)) {
    const inputs = new Set(irVersion < 4n ? [] : part.input.map(({ name }) => name));
    for (const tensor of part.initializer) {
      if (!inputs.has(tensor.name)) tensors.set(tensor.name, tensor);
    }
    for (const node of part.node) {
      const value = node.opType === "Constant" ? tensorAttribute(node, "value") : undefined;
      if (value !== undefined) tensors.set(node.output[0], value);
    }
  }
  return (tensor, builder) => {
    const found = tensors.get(tensor) ?? builder.initializers.find(({ name }) => name === tensor);
    return found && Array.from(tensorData(found).data, Number);
  };
}
