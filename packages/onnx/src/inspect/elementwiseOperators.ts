type Arithmetic = (a: number, b: number) => number;

const operations = new Map<string, Arithmetic>([
  ["Add", (a, b) => a + b],
  ["Sub", (a, b) => a - b],
  ["Mul", (a, b) => a * b],
  ["Div", (a, b) => a / b],
]);

/** What an operator of two inputs does to each entry. */
export const arithmeticOf = (opType: string): Arithmetic | undefined => operations.get(opType);

const sameEntries = ["Cast", "CastLike", "Expand", "Identity", "Reshape", "Squeeze", "Unsqueeze"];

/** True for an operator whose output has the entries of its first input, in another type or shape. */
export const isSameEntries = (opType: string): boolean => sameEntries.includes(opType);

const conditions = [
  "And",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "Not",
  "Or",
  "Xor",
];

/** True for an operator that says of each entry whether something holds. */
export const isCondition = (opType: string): boolean => conditions.includes(opType);
