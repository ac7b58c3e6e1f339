import type { Dim } from "../valueInfo.js";
import { evaluateDim, namesIn } from "./dims.js";

/**
 * A size as a number: given by name, or computed from such, as `batch*4` of a flattened tensor is.
 * @throws {Error} If a name is not given.
 */
export function sizeIn(sizes: Readonly<Record<string, number>>, dim: Dim): number {
  const size = evaluateDim(dim, sizes);
  if (size !== undefined) return size;
  const missing = namesIn(String(dim)).find((name) => !(name in sizes)) ?? dim;
  throw new Error(`maskFeeds: dims must have a size for ${missing}, got ${JSON.stringify(sizes)}`);
}
