/**
 * A size as a sum of products, by the texts of their factors; that of the constant is empty. Each size has
 * one sum, as far as the rules here reach, so that equal sizes have equal text.
 */
export type Sum = ReadonlyMap<string, Product>;

interface Product {
  readonly factors: readonly Factor[];
  readonly coefficient: number;
}

/** A name of the model's, or a call such as `floor(height/2)`, which no sum can say. */
export interface Factor {
  readonly text: string;
  readonly call?: Call;
}

/** `floor` is of a quotient, of two arguments; the others are of any number of them, in any order. */
interface Call {
  readonly name: CallName;
  readonly args: readonly Sum[];
}
export type CallName = "broadcast" | "floor" | "max" | "min";

/** Sums stay readable, and work on them bounded. */
const MOST_PRODUCTS = 8;
const MOST_CHARACTERS = 160;

export const sumOf = (products: Iterable<Product>): Sum => {
  const sum = new Map<string, Product>();
  for (const { factors, coefficient } of products) {
    const sorted = [...factors].sort((a, b) => compare(a.text, b.text));
    const key = sorted.map(({ text }) => text).join("\n");
    const total = coefficient + (sum.get(key)?.coefficient ?? 0);
    if (total === 0) sum.delete(key);
    else sum.set(key, { factors: sorted, coefficient: total });
  }
  return sum;
};

export const constantSum = (value: number): Sum => sumOf([{ factors: [], coefficient: value }]);

const factorSum = (factor: Factor): Sum => sumOf([{ factors: [factor], coefficient: 1 }]);

/** A sum of one name, whose text is what formulas have for it. */
export const nameSum = (text: string): Sum => factorSum({ text });

/** A call that is not known to be anything simpler. */
export function callSum(name: CallName, args: readonly Sum[]): Sum {
  if (name === "floor") {
    const [top, bottom] = args.map(textOf);
    const divisor = isFactor(args[1]) ? bottom : `(${bottom})`;
    const text = `floor(${args[0].size > 1 ? `(${top})` : top}/${divisor})`;
    return factorSum({ text, call: { name, args } });
  }
  const sorted = [...args].sort(
    (a, b) => Number(isConstant(a)) - Number(isConstant(b)) || compare(textOf(a), textOf(b)),
  );
  const text = `${name}(${sorted.map(textOf).join(", ")})`;
  return factorSum({ text, call: { name, args: sorted } });
}

/** The call that a sum is; undefined where it is something else. */
export function callOf(sum: Sum): Call | undefined {
  const [product] = sum.values();
  const isOne = sum.size === 1 && product.coefficient === 1 && product.factors.length === 1;
  return isOne ? product.factors[0].call : undefined;
}

const isConstant = (sum: Sum): boolean => constantIn(sum) !== undefined;

/** The sum's value where it names nothing. */
export function constantIn(sum: Sum): number | undefined {
  if (sum.size === 0) return 0;
  return sum.size === 1 ? sum.get("")?.coefficient : undefined;
}

export const addSums = (a: Sum, b: Sum): Sum => sumOf([...a.values(), ...b.values()]);

export const timesSum = (a: Sum, b: Sum): Sum =>
  sumOf(
    [...a.values()].flatMap((x) =>
      [...b.values()].map((y) => ({
        factors: [...x.factors, ...y.factors],
        coefficient: x.coefficient * y.coefficient,
      })),
    ),
  );

export const minusSum = (a: Sum, b: Sum): Sum => addSums(a, timesSum(b, constantSum(-1)));

/** A sum as text, such as `batch*4 + 1`; undefined where it is too long, or its numbers too large, to be of use. */
export function formatSum(sum: Sum): string | undefined {
  if (!isWhole(sum) || sum.size > MOST_PRODUCTS) return undefined;
  const text = textOf(sum);
  return text.length > MOST_CHARACTERS ? undefined : text;
}

/** Whether all numbers in a sum are whole, and small enough to be exact. */
const isWhole = (sum: Sum): boolean =>
  [...sum.values()].every(
    ({ factors, coefficient }) =>
      Number.isSafeInteger(coefficient) &&
      factors.every(({ call }) => call === undefined || call.args.every(isWhole)),
  );

/** What is subtracted follows what is added, and the constant stands last. */
function textOf(sum: Sum): string {
  const rank = ({ factors, coefficient }: Product): number =>
    (coefficient < 0 ? 1 : 0) + (factors.length === 0 ? 2 : 0);
  const terms = [...sum]
    .sort(([a, x], [b, y]) => rank(x) - rank(y) || compare(a, b))
    .map(([, { factors, coefficient }], i) => {
      const size = i > 0 ? Math.abs(coefficient) : coefficient;
      const texts = factors.map(({ text }) => text);
      if (size !== 1 || factors.length === 0) texts.push(String(size));
      const sign = coefficient < 0 ? " - " : " + ";
      return (i > 0 ? sign : "") + texts.join("*");
    });
  return terms.join("") || "0";
}

/** Whether a sum is one factor, or a number that stands without a sign. */
function isFactor(sum: Sum): boolean {
  const [product] = sum.values();
  if (sum.size !== 1) return false;
  return product.factors.length === 0 ? product.coefficient > 0 : /^[^*]*$/.test(textOf(sum));
}

/** By code units, the same in every place. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
