import { constantTensors } from "../constants/constantTensors.js";
import { DataLocation, type TensorProto } from "../model/schema.js";
import type { ScopedGraph } from "../scopes/walkGraphs.js";
import { isSameEntries } from "./elementwiseOperators.js";

/** The constants in other files that tensors are, or are made of by a change of type or shape. */
export function externalConstants(scoped: ScopedGraph, tensors: readonly string[]): string[] {
  return [...new Set(tensors.flatMap((name) => externalConstant(scoped, name) ?? []))];
}

function externalConstant(scoped: ScopedGraph, name: string): string | undefined {
  const { graph, holder } = scoped;
  const tensor = constantTensors(graph).find((one) => one.name === name);
  if (tensor !== undefined) return isExternal(tensor) ? name : undefined;
  const node = graph.node.find(({ output }) => output.includes(name));
  if (node !== undefined) {
    return isSameEntries(node.opType) ? externalConstant(scoped, node.input[0]) : undefined;
  }
  return holder === undefined ? undefined : externalConstant(holder.outer, name);
}

const isExternal = ({ dataLocation }: TensorProto): boolean =>
  dataLocation === DataLocation.EXTERNAL;
