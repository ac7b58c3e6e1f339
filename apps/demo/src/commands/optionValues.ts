import { InvalidArgumentError } from "commander";

/** An integer >= 1. */
export function countOf(text: string): number {
  const count = integerOf(text);
  if (count >= 1) return count;
  throw new InvalidArgumentError("It must be an integer >= 1.");
}

/** An integer that a seed can be. */
export function wordOf(text: string): number {
  const word = integerOf(text);
  if (word < 2 ** 32) return word;
  throw new InvalidArgumentError("It must be an integer in [0, 2^32).");
}

export function rateOf(text: string): number {
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (rate >= 0 && rate <= 1) return rate;
  throw new InvalidArgumentError("It must be a number in [0, 1].");
}

/** `0.5`, or one for each layer: `0.2/0.5`. */
export const ratesOf = (text: string): number[] => text.split("/").map(rateOf);

export function positiveOf(text: string): number {
  const number = Number(text);
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number;
  throw new InvalidArgumentError("It must be a number > 0.");
}

/** `10`, or several: `10,20`. */
export const countList = (text: string): number[] => text.split(",").map(countOf);

export const nameList = (text: string): string[] => text.split(",");

/** Names of a list, of which each must be one of `choices`. */
export const namesOf =
  <Name extends string>(choices: readonly Name[]) =>
  (text: string): Name[] =>
    text.split(",").map((name) => oneOf(name, choices));

export function oneOf<Name extends string>(name: string, choices: readonly Name[]): Name {
  const found = choices.find((choice) => choice === name);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
}

function integerOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
