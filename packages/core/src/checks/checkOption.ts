/** Returns `value` where it keeps the rule; throws a TypeError where it is no number, a RangeError where it breaks it. */
type NumberCheck = (owner: string, name: string, value: unknown) => number;

const numberCheck =
  (rule: string, holds: (value: number) => boolean): NumberCheck =>
  (owner, name, value) => {
    const message = `${owner}: ${name} must be ${rule}, got ${String(value)}`;
    if (typeof value !== "number") throw new TypeError(message);
    if (!holds(value)) throw new RangeError(message);
    return value;
  };

export const checkCount: NumberCheck = numberCheck(
  "an integer >= 1",
  (value) => Number.isInteger(value) && value >= 1,
);
export const checkPositive: NumberCheck = numberCheck(
  "a finite number > 0",
  (value) => Number.isFinite(value) && value > 0,
);
export const checkNotNegative: NumberCheck = numberCheck(
  "a finite number >= 0",
  (value) => Number.isFinite(value) && value >= 0,
);

export const checkDecay: NumberCheck = numberCheck("in [0, 1)", (value) => value >= 0 && value < 1);

/** @throws {TypeError} If `value` is none of the choices. */
export function checkChoice<T extends string>(
  owner: string,
  { name, value, choices }: { name: string; value: T; choices: readonly T[] },
): T {
  if (!choices.includes(value)) {
    const listed = choices.map((choice) => `"${choice}"`).join(" or ");
    throw new TypeError(`${owner}: ${name} must be ${listed}, got ${String(value)}`);
  }
  return value;
}
