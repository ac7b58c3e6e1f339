import { tensorAttribute } from "./attribute.js";
import type { GraphProto } from "./schema.js";
import { type TensorData, tensorData } from "./tensor.js";

/** The elements of a constant: an initializer that no caller can replace, or a Constant node's value; undefined for other tensors. */
export function constantOf(graph: GraphProto, name: string): TensorData | undefined {
  const initializer = graph.initializer.find((tensor) => tensor.name === name);
  if (initializer !== undefined) {
    return graph.input.some((input) => input.name === name) ? undefined : tensorData(initializer);
  }
  const node = graph.node.find(({ output }) => output[0] === name);
  const value = node?.opType === "Constant" ? tensorAttribute(node, "value") : undefined;
  return value && tensorData(value);
}
