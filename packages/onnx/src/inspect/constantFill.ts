import { tensorAttribute } from "../attribute.js";
import { elementsOf } from "../constants/elementsOf.js";
import type { NodeProto } from "../schema.js";
import { arithmeticOf, isSameEntries } from "./arithmetic.js";
import type { InspectedGraph } from "./InspectedGraph.js";

/** The number that all entries of a tensor are before the model runs; undefined where they differ or depend on an input. */
export function constantFill(inspected: InspectedGraph, name: string): number | undefined {
  const { graph, holder, constants } = inspected;
  const known = constants.elements(graph, name);
  if (known !== undefined) return onlyValue(known);
  const node = graph.node.find(({ output }) => output.includes(name));
  if (node !== undefined) return fillOf(inspected, node);
  const isInput = graph.input.some((input) => input.name === name);
  return holder === undefined || isInput
    ? undefined
    : constantFill({ ...holder.outer, constants }, name);
}

const fillOf = (inspected: InspectedGraph, node: NodeProto): number | undefined => {
  const { opType, input } = node;
  if (isSameEntries(opType)) return constantFill(inspected, input[0]);
  if (opType === "ConstantOfShape") {
    const value = tensorAttribute(node, "value");
    const fill = value && elementsOf(value);
    return value === undefined ? 0 : fill && onlyValue(fill);
  }
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined) return undefined;
  // The second only where the first is constant: so this follows one path through what is not.
  const a = constantFill(inspected, input[0]);
  const b = a === undefined ? undefined : constantFill(inspected, input[1]);
  return a === undefined || b === undefined ? undefined : arithmetic(a, b);
};

function onlyValue(data: readonly number[]): number | undefined {
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0]) return undefined;
  return data.length === 0 ? undefined : data[0];
}
