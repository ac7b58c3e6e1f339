import { nearMisses } from "@dropoutkit/onnx";

/** Some of a model's weights: their names, or what tells by a name. */
export type Which = readonly string[] | RegExp | ((name: string) => boolean);

export interface ChooseOptions {
  readonly owner: string;
  /** The option that the caller wrote. */
  readonly option: string;
  readonly which: Which;
  readonly names: readonly string[];
}

/**
 * The names that are chosen, in the order of `names`.
 * @throws {Error} If one is not among them, or nothing is chosen.
 */
export function chooseNames({ owner, option, which, names }: ChooseOptions): string[] {
  if (!(typeof which === "function" || which instanceof RegExp)) {
    const unknown = which.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new Error(
        `${owner}: ${option} must name weights of the model, got ${unknown}${nearMisses(unknown, names)}`,
      );
    }
  }
  const chosen = names.filter(predicateOf(which));
  if (chosen.length > 0) return chosen;
  throw new Error(`${owner}: ${option} must choose weights of the model, got none`);
}

/** What a caller wrote, as text; a predicate has none. */
export const textOf = (which: Which): string =>
  typeof which === "function" ? "a predicate" : String(which);

function predicateOf(which: Which): (name: string) => boolean {
  if (typeof which === "function") return which;
  // `search` starts anew each time, whatever a global expression matched last.
  if (which instanceof RegExp) return (name) => name.search(which) >= 0;
  return (name) => which.includes(name);
}
