import type { Dim } from "../model/valueInfo.js";
import { evaluateDim, namesIn } from "./dims.js";

export interface SizeOptions {
  /** What the user called, for messages. */
  readonly owner: string;
  readonly sizes: Readonly<Record<string, number>>;
}

/**
 * A size as a number: given by name, or computed from such, as `batch*4` of a flattened tensor is.
 * @throws {Error} If a name is not given.
 * @throws {RangeError} If a size is computed to be below 1 from sizes that are not: an empty field would be broadcast
 * over what is not empty, as behind windows larger than the values, of which runtimes make one place where the
 * standard says none.
 */
export function sizeIn(dim: Dim, { owner, sizes }: SizeOptions): number {
  const size = evaluateDim(dim, sizes);
  const names = typeof dim === "number" ? [] : namesIn(dim);
  if (size === undefined) {
    const missing = names.find((name) => !(name in sizes)) ?? dim;
    throw new Error(`${owner}: dims must have a size for ${missing}, got ${JSON.stringify(sizes)}`);
  }
  const isGiven = typeof dim === "number" || names.some((name) => sizes[name] === 0);
  if (size >= 1 || (size === 0 && isGiven)) return size;
  throw new RangeError(
    `${owner}: dims must make ${dim} an integer >= 1, got ${size} from ${JSON.stringify(sizes)}`,
  );
}
