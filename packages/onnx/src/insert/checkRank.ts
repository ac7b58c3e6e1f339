import type { Field } from "@dropoutkit/core/adapter";
import type { TensorInfo } from "../model/valueInfo.js";

/** @throws {RangeError} If a tensor has fewer axes than a field is for. */
export function checkRank(
  owner: string,
  { minRank = 0 }: Field,
  { tensor, info: { dims } }: { readonly tensor: string; readonly info: TensorInfo },
): void {
  if (dims.length >= minRank) return;
  throw new RangeError(
    `${owner}: tensor ${tensor} must have at least ${minRank} axes, got [${dims.join(", ")}]`,
  );
}
