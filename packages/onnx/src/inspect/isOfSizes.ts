import { arithmeticOf, isCondition, isSameEntries } from "./elementwiseOperators.js";
import type { InspectedGraph } from "./InspectedGraph.js";

/** Whether a tensor is computed from sizes and constants alone, whatever the values are. */
export function isOfSizes(scoped: InspectedGraph, name: string): boolean {
  const { graph, constants } = scoped;
  const seen = new Set<string>();
  const pending = [name];
  let isSized = false;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === "" || seen.has(next)) continue;
    seen.add(next);
    if (constants.isConstant(graph, next)) continue;
    const node = graph.node.find(({ output }) => output[0] === next);
    if (node === undefined) return false;
    if (node.opType === "Shape" || node.opType === "Size") isSized = true;
    else if (isOnSizes(node.opType)) pending.push(...node.input);
    else return false;
  }
  return isSized;
}

const isOnSizes = (opType: string): boolean =>
  isSameEntries(opType) ||
  arithmeticOf(opType) !== undefined ||
  isCondition(opType) ||
  ["Concat", "ConstantOfShape", "Gather", "Range", "ReduceProd", "Slice"].includes(opType);
