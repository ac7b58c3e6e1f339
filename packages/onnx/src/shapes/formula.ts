/**
 * A size as a sum of products: coefficients by the sorted names of a product, `[]` for the constant.
 * A name is one of a model's sizes, or text such as `floor(height/2)` that no sum can say.
 */
export type Sum = ReadonlyMap<string, Product>;

interface Product {
  readonly names: readonly string[];
  readonly coefficient: number;
}

/** Sums stay readable, and work on them bounded. */
const MOST_PRODUCTS = 8;
const MOST_CHARACTERS = 160;

export const sumOf = (products: Iterable<Product>): Sum => {
  const sum = new Map<string, Product>();
  for (const { names, coefficient } of products) {
    const sorted = [...names].sort();
    const key = sorted.join("\n");
    const total = coefficient + (sum.get(key)?.coefficient ?? 0);
    if (total === 0) sum.delete(key);
    else sum.set(key, { names: sorted, coefficient: total });
  }
  return sum;
};

export const constantSum = (value: number): Sum => sumOf([{ names: [], coefficient: value }]);

export const nameSum = (name: string): Sum => sumOf([{ names: [name], coefficient: 1 }]);

/** The sum's value where it names nothing. */
export function constantIn(sum: Sum): number | undefined {
  if (sum.size === 0) return 0;
  return sum.size === 1 ? sum.get("")?.coefficient : undefined;
}

export const timesSum = (a: Sum, b: Sum): Sum =>
  sumOf(
    [...a.values()].flatMap((x) =>
      [...b.values()].map((y) => ({
        names: [...x.names, ...y.names],
        coefficient: x.coefficient * y.coefficient,
      })),
    ),
  );

/** A sum as text, such as `batch*4 + 1`; undefined where it is too long, or its numbers too large, to be of use. */
export function formatSum(sum: Sum): string | undefined {
  const products = [...sum.values()];
  const isExact = products.every(({ coefficient }) => Number.isSafeInteger(coefficient));
  if (!isExact || products.length > MOST_PRODUCTS) return undefined;
  const text = textOf(products);
  return text.length > MOST_CHARACTERS ? undefined : text;
}

/** What is subtracted follows what is added, and the constant stands last. */
function textOf(products: readonly Product[]): string {
  const rank = ({ names, coefficient }: Product): number =>
    (coefficient < 0 ? 1 : 0) + (names.length === 0 ? 2 : 0);
  const terms = [...products]
    .sort((a, b) => rank(a) - rank(b) || compare(String(a.names), String(b.names)))
    .map(({ names, coefficient }, i) => {
      const size = i > 0 ? Math.abs(coefficient) : coefficient;
      const factors = [...names, ...(size === 1 && names.length > 0 ? [] : [String(size)])];
      const sign = coefficient < 0 ? " - " : " + ";
      return (i > 0 ? sign : "") + factors.join("*");
    });
  return terms.join("") || "0";
}

/** By code units, the same in every place. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const functions = { floor: "/", max: ", ", min: ", " } as const;
type FunctionName = keyof typeof functions;

const isFunction = (name: string): name is FunctionName => name in functions;

/** `floor(a/b)`, `max(a, b)` or `min(a, b)` of two sums, which no sum can say, as a sum of one name. */
export const callSum = (name: FunctionName, a: Sum, b: Sum): Sum =>
  nameSum(`${name}(${textOf([...a.values()])}${functions[name]}${textOf([...b.values()])})`);

/** How a formula's parts are computed; a result is a sum, or its number. */
export interface FormulaAlgebra<T> {
  readonly number: (value: number) => T;
  readonly name: (name: string) => T;
  readonly add: (a: T, b: T) => T;
  readonly times: (a: T, b: T) => T;
  readonly call: (name: FunctionName, a: T, b: T) => T;
}

/** Reads what `formatSum` writes; undefined for text that is no such formula. */
export function readFormula<T>(text: string, algebra: FormulaAlgebra<T>): T | undefined {
  const tokens = text.match(TOKEN) ?? [];
  if (tokens.join("") !== text) return undefined;
  let at = 0;
  const takes = (token: string): boolean => {
    const found = tokens[at] === token;
    if (found) at++;
    return found;
  };
  const readSum = (): T | undefined => {
    let sum = readProduct();
    while (sum !== undefined && (tokens[at] === " + " || tokens[at] === " - ")) {
      const sign = tokens[at++] === " + " ? 1 : -1;
      const next = readProduct();
      if (next === undefined) return undefined;
      sum = algebra.add(sum, algebra.times(algebra.number(sign), next));
    }
    return sum;
  };
  const readProduct = (): T | undefined => {
    let product = readFactor();
    while (product !== undefined && takes("*")) {
      const next = readFactor();
      if (next === undefined) return undefined;
      product = algebra.times(product, next);
    }
    return product;
  };
  const readFactor = (): T | undefined => {
    const token = tokens[at++] ?? "";
    if (isFunction(token) && takes("(")) return readCall(token);
    if (/^-?\d+$/.test(token)) return algebra.number(Number(token));
    if (token.startsWith("{")) return algebra.name(token.slice(1, -1));
    return NAME.test(token) ? algebra.name(token) : undefined;
  };
  const readCall = (name: FunctionName): T | undefined => {
    const a = readSum();
    const isCall = takes(functions[name]);
    const b = readSum();
    if (!isCall || a === undefined || b === undefined || !takes(")")) return undefined;
    return algebra.call(name, a, b);
  };
  const result = readSum();
  return at === tokens.length ? result : undefined;
}

const TOKEN = / [+-] |, |[*/()]|\{[^{}]*\}|[^\s*/(){},]+/g;
const NAME = /^[^\s*/(){},]+$/;

/** A name as it stands in formulas: in braces where it would not be read as one. */
export const quoteName = (name: string): string =>
  NAME.test(name) && !/^-?\d+$/.test(name) ? name : `{${name}}`;
