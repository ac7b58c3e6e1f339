import { tensorAttribute } from "../attribute.js";
import { constantOf } from "../constantOf.js";
import type { GraphProto, NodeProto } from "../schema.js";
import type { ScopedGraph } from "../scopes/walkGraphs.js";
import { tensorData } from "../tensor.js";
import { arithmeticOf, isCondition, isSameEntries } from "./arithmetic.js";
import { isUnread, isUnreadTensor } from "./unreadConstants.js";

/** The number that all entries of a tensor are before the model runs; undefined where they differ, depend on an input, or are not read. */
export function constantFill(scoped: ScopedGraph, name: string): number | undefined {
  const [value, ...others] = constantValues(scoped, name, 1) ?? [];
  return others.length === 0 ? value : undefined;
}

/** The numbers that the entries of a tensor are before the model runs, each once; undefined where that is not known, or they are more than `most`. */
export function constantValues(
  scoped: ScopedGraph,
  name: string,
  most: number,
): readonly number[] | undefined {
  const { graph, holder } = scoped;
  if (isUnread(graph, name)) return undefined;
  const constant = constantOf(graph, name);
  if (constant !== undefined) return valuesOf(constant.data, most);
  const node = graph.node.find(({ output }) => output.includes(name));
  if (node !== undefined) return valuesOfNode(scoped, node, most);
  const isGiven = isNamed(graph.input, name);
  return holder === undefined || isGiven ? undefined : constantValues(holder.outer, name, most);
}

const isNamed = (values: GraphProto["input"], name: string): boolean =>
  values.some((value) => value.name === name);

function valuesOfNode(
  scoped: ScopedGraph,
  node: NodeProto,
  most: number,
): readonly number[] | undefined {
  const { opType, input } = node;
  if (isSameEntries(opType)) return constantValues(scoped, input[0], most);
  if (opType === "ConstantOfShape") {
    const value = tensorAttribute(node, "value");
    if (value === undefined) return [0];
    return isUnreadTensor(value) ? undefined : valuesOf(tensorData(value).data, most);
  }
  // What is true or false is so whatever it depends on.
  if (most > 1 && isCondition(opType)) return [0, 1];
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined) return undefined;
  // The second only where the first is constant: so this follows one path through what is not.
  const a = constantValues(scoped, input[0], most);
  const b = a && constantValues(scoped, input[1], a.length > 1 ? 1 : most);
  if (a === undefined || b === undefined) return undefined;
  return a.flatMap((left) => b.map((right) => arithmetic(left, right)));
}

function valuesOf(data: ArrayLike<number | bigint>, most: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (let i = 0; i < data.length && values.size <= most; i++) values.add(Number(data[i]));
  return values.size === 0 || values.size > most ? undefined : [...values];
}
