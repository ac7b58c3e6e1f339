import type { Dim } from "../valueInfo.js";

/**
 * A size as a number: given by name, or a product of such, as `batch*4` of a flattened tensor is.
 * @throws {Error} If a name is not given.
 */
export function sizeIn(sizes: Readonly<Record<string, number>>, dim: Dim): number {
  if (typeof dim === "number") return dim;
  return [dim in sizes ? dim : dim.split("*")].flat().reduce((product, factor) => {
    const size = sizes[factor] ?? Number(factor);
    if (Number.isNaN(size)) {
      throw new Error(
        `maskFeeds: dims must have a size for ${factor}, got ${JSON.stringify(sizes)}`,
      );
    }
    return product * size;
  }, 1);
}
