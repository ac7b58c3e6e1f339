import { elementsOf } from "../constants/elementsOf.js";
import { tensorAttribute } from "../model/attribute.js";
import type { NodeProto } from "../model/schema.js";
import { arithmeticOf, isCondition, isSameEntries } from "./elementwiseOperators.js";
import type { InspectedGraph } from "./InspectedGraph.js";

/** The number that all entries of a tensor are before the model runs; undefined where they differ, depend on an input, or are not read. */
export function constantFill(inspected: InspectedGraph, name: string): number | undefined {
  const [value, ...others] = constantValues(inspected, name, 1) ?? [];
  return others.length === 0 ? value : undefined;
}

/** The numbers that the entries of a tensor are before the model runs, each once; undefined where that is not known, or they are more than `most`. */
export function constantValues(
  inspected: InspectedGraph,
  name: string,
  most: number,
): readonly number[] | undefined {
  const { graph, holder, constants } = inspected;
  const known = constants.elements(graph, name);
  if (known !== undefined) return valuesOf(known, most);
  const node = graph.node.find(({ output }) => output.includes(name));
  if (node !== undefined) return valuesOfNode(inspected, node, most);
  const isGiven = graph.input.some((input) => input.name === name);
  return holder === undefined || isGiven
    ? undefined
    : constantValues({ ...holder.outer, constants }, name, most);
}

function valuesOfNode(
  inspected: InspectedGraph,
  node: NodeProto,
  most: number,
): readonly number[] | undefined {
  const { opType, input } = node;
  if (isSameEntries(opType)) return constantValues(inspected, input[0], most);
  if (opType === "ConstantOfShape") {
    const value = tensorAttribute(node, "value");
    const fill = value && elementsOf(value);
    return value === undefined ? [0] : fill && valuesOf(fill, most);
  }
  // What is true or false is so whatever it depends on.
  if (most > 1 && isCondition(opType)) return [0, 1];
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined) return undefined;
  // The second only where the first is constant: so this follows one path through what is not.
  const a = constantValues(inspected, input[0], most);
  const b = a && constantValues(inspected, input[1], a.length > 1 ? 1 : most);
  if (a === undefined || b === undefined) return undefined;
  return a.flatMap((left) => b.map((right) => arithmetic(left, right)));
}

function valuesOf(data: readonly number[], most: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (let i = 0; i < data.length && values.size <= most; i++) values.add(data[i]);
  return values.size === 0 || values.size > most ? undefined : [...values];
}
