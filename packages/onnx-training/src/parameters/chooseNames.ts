import { nearMisses } from "@dropoutkit/onnx/graph";

/** Some of a model's weights: their names and patterns for them, or what tells by a name. */
export type WhichWeights = readonly (string | RegExp)[] | RegExp | ((name: string) => boolean);

export interface ChooseOptions {
  readonly owner: string;
  /** The option that the caller wrote. */
  readonly option: string;
  readonly which: WhichWeights;
  readonly names: readonly string[];
  /** What is to know where nothing is chosen. */
  readonly hint?: string;
}

/**
 * The names that are chosen, in the order of `names`.
 * @throws {Error} If one is not among them, or nothing is chosen.
 */
export function chooseNames({ owner, option, which, names, hint = "" }: ChooseOptions): string[] {
  const unknown = namesIn(which).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `${owner}: ${option} must name weights of the model, got ${unknown}${nearMisses(unknown, names)}`,
    );
  }
  const chosen = names.filter(predicateOf(which));
  if (chosen.length > 0) return chosen;
  throw new Error(`${owner}: ${option} must choose weights of the model, got none${hint}`);
}

/** The names that a caller wrote out. */
export function namesIn(which: WhichWeights): string[] {
  if (typeof which === "function" || which instanceof RegExp) return [];
  return which.filter((item) => typeof item === "string");
}

/** What a caller wrote, as text; a predicate has none. */
export const textOf = (which: WhichWeights): string =>
  typeof which === "function" ? "a predicate" : String(which);

function predicateOf(which: WhichWeights): (name: string) => boolean {
  if (typeof which === "function") return which;
  const items = which instanceof RegExp ? [which] : which;
  // `search` starts anew each time, whatever a global expression matched last.
  const fits = (item: string | RegExp, name: string): boolean =>
    typeof item === "string" ? item === name : name.search(item) >= 0;
  return (name) => items.some((item) => fits(item, name));
}
