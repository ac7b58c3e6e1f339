import { tensorAttribute } from "../attribute.js";
import { constantOf } from "../constantOf.js";
import type { NodeProto } from "../schema.js";
import type { ScopedGraph } from "../scopes/walkGraphs.js";
import { tensorData } from "../tensor.js";
import { arithmeticOf, isSameEntries } from "./arithmetic.js";

/** The number that all entries of a tensor are before the model runs; undefined where they differ or depend on an input. */
export function constantFill(scoped: ScopedGraph, name: string): number | undefined {
  const { graph, holder } = scoped;
  const constant = constantOf(graph, name);
  if (constant !== undefined) return onlyValue(constant.data);
  const node = graph.node.find(({ output }) => output.includes(name));
  if (node !== undefined) return fillOf(scoped, node);
  const isInput = graph.input.some((input) => input.name === name);
  return holder === undefined || isInput ? undefined : constantFill(holder.outer, name);
}

const fillOf = (scoped: ScopedGraph, node: NodeProto): number | undefined => {
  const { opType, input } = node;
  if (isSameEntries(opType)) return constantFill(scoped, input[0]);
  if (opType === "ConstantOfShape") {
    const value = tensorAttribute(node, "value");
    return value === undefined ? 0 : onlyValue(tensorData(value).data);
  }
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined) return undefined;
  // The second only where the first is constant: so this follows one path through what is not.
  const a = constantFill(scoped, input[0]);
  const b = a === undefined ? undefined : constantFill(scoped, input[1]);
  return a === undefined || b === undefined ? undefined : arithmetic(a, b);
};

function onlyValue(data: ArrayLike<number | bigint>): number | undefined {
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0]) return undefined;
  return data.length === 0 ? undefined : Number(data[0]);
}
