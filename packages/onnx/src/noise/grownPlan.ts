import { type Field, type FieldPlan, planField } from "@dropoutkit/core/adapter";
import type { Dim } from "../model/valueInfo.js";
import { fieldOverItself } from "./fieldDims.js";

/**
 * How a field that grows is drawn, but for its key; undefined where a size from the first grown axis on
 * is only named.
 * @throws {RangeError} If the blocks do not fit.
 */
export function grownPlan(field: Field, dims: readonly Dim[]): FieldPlan | undefined {
  const own = fieldOverItself(field, dims.length);
  if (dims.slice(own.grow?.axes[0]).some((dim) => typeof dim === "string")) return undefined;
  // Sizes before the grown axes decide nothing.
  const target = dims.map((dim) => (typeof dim === "number" ? dim : 1));
  return planField(own, { seed: 0, site: "", step: 0, target });
}
