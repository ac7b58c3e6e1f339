import { intAttribute, intsAttribute } from "../model/attribute.js";
import type { MaybeDim } from "./dims.js";
import { type Facts, type KnownValue, type NodeContext, unknown } from "./ShapeRule.js";

export const inputOf = ({ inputs }: NodeContext, index: number): Facts => inputs[index] ?? unknown;

/** Whether a node has an input at an index; optional ones may be left out, or named "". */
export const hasInput = ({ node }: NodeContext, index: number): boolean =>
  Boolean(node.input[index]);

/** An axis counted from the front; undefined where the tensor has none such. */
export function axisIn(axis: MaybeDim, rank: number): number | undefined {
  if (typeof axis !== "number") return undefined;
  const at = axis < 0 ? axis + rank : axis;
  return Number.isInteger(at) && at >= 0 && at < rank ? at : undefined;
}

/** The attribute `axis`, counted from the front. */
export const axisOf = (
  { node }: NodeContext,
  rank: number,
  otherwise: number,
): number | undefined => axisIn(intAttribute(node, "axis", otherwise), rank);

/**
 * Numbers that older versions of an operator have as an attribute and later ones as an input;
 * `"none"` where neither is given, undefined where they are computed when the model runs.
 */
export function listOf(
  context: NodeContext,
  name: string,
  index: number,
): KnownValue | "none" | undefined {
  const attribute = intsAttribute(context.node, name);
  if (attribute !== undefined) return attribute;
  return hasInput(context, index) ? inputOf(context, index).value : "none";
}

/** Axes from the front, without an order; undefined where one is not known or not of the tensor. */
export function axesIn(axes: KnownValue, rank: number): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const axis of axes) {
    const at = axisIn(axis, rank);
    if (at === undefined) return undefined;
    found.add(at);
  }
  return found;
}

/** As many sizes as a rank says, none of them known. */
export const unknownDims = (rank: number): undefined[] =>
  Array.from({ length: rank }, () => undefined);

/** A list's numbers; undefined where one of them is not known. */
export function numbersOf(value: KnownValue | undefined): readonly number[] | undefined {
  return value?.every((item) => typeof item === "number") ? value : undefined;
}
