import { tensorAttribute } from "../attribute.js";
import { DataLocation, type GraphProto, type TensorProto } from "../schema.js";
import type { ScopedGraph } from "../scopes/walkGraphs.js";
import { tensorTypeOf } from "../tensorType.js";
import { isSameEntries } from "./arithmetic.js";

/** Whether a tensor is a constant of a graph whose elements are not there to be read: in another file, or of a type without an array. */
export function isUnread(graph: GraphProto, name: string): boolean {
  const tensor = constantTensor(graph, name);
  return tensor !== undefined && isUnreadTensor(tensor);
}

export const isUnreadTensor = (tensor: TensorProto): boolean =>
  isExternal(tensor) || tensorTypeOf(tensor.dataType) === undefined;

/** The constants in other files that tensors are, or are made of by a change of type or shape. */
export function externalConstants(scoped: ScopedGraph, tensors: readonly string[]): string[] {
  return [...new Set(tensors.flatMap((name) => externalConstant(scoped, name) ?? []))];
}

function externalConstant(scoped: ScopedGraph, name: string): string | undefined {
  const { graph, holder } = scoped;
  const tensor = constantTensor(graph, name);
  if (tensor !== undefined) return isExternal(tensor) ? name : undefined;
  const node = graph.node.find(({ output }) => output.includes(name));
  if (node !== undefined) {
    return isSameEntries(node.opType) ? externalConstant(scoped, node.input[0]) : undefined;
  }
  return holder === undefined ? undefined : externalConstant(holder.outer, name);
}

const isExternal = ({ dataLocation }: TensorProto): boolean =>
  dataLocation === DataLocation.EXTERNAL;

function constantTensor({ initializer, node }: GraphProto, name: string): TensorProto | undefined {
  const given = initializer.find((tensor) => tensor.name === name);
  if (given !== undefined) return given;
  const maker = node.find(({ opType, output }) => opType === "Constant" && output[0] === name);
  return maker && tensorAttribute(maker, "value");
}
