import { broadcastSum, floorSum, maxSum, minSum } from "./calls.js";
import { addSums, constantIn, constantSum, minusSum, type Sum, timesSum } from "./formula.js";

/** `top / bottom`, as formulas have it inside of a floor. */
interface Quotient {
  readonly top: Sum;
  readonly bottom: Sum;
}

/** Work on formulas of others stays bounded. */
const MOST_CHARACTERS = 400;
const MOST_PRODUCTS = 64;
const HIGHEST_POWER = 8;

const TOKEN =
  /\s*(\*\*|\/\/|[-+*/%(),]|\{[^{}]*\}|\d+(?![^\s+*/%(){},-])|[^\s+*/%(){},-][^\s+*/%(){},]*)\s*/y;
const NAME = /^[^\s+*/%(){},-][^\s+*/%(){},]*$/;
const NUMBER = /^\d+$/;

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  if (text.length > MOST_CHARACTERS) return undefined;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** A name as it stands in formulas: in braces where it would not be read as one. */
export const quoteName = (name: string): string =>
  tokensOf(name)?.length === 1 && NAME.test(name) && !NUMBER.test(name) ? name : `{${name}}`;

/**
 * Reads a size as we write it, or as SymPy does in files of PyTorch and onnxruntime: `floor(height/2 - 1/2) + 1`,
 * `2*s1 + s0//2`, `Max(1, d)`. A minus inside of a name, as in `seq-len`, is a part of it.
 * @param sumOfName A name's sum.
 * @returns Undefined for text that is no such formula.
 */
export function readFormula(text: string, sumOfName: (name: string) => Sum): Sum | undefined {
  const tokens = tokensOf(text);
  return tokens && new FormulaReader(tokens, sumOfName).read();
}

class FormulaReader {
  readonly #tokens: readonly string[];
  readonly #sumOfName: (name: string) => Sum;
  #at = 0;

  constructor(tokens: readonly string[], sumOfName: (name: string) => Sum) {
    this.#tokens = tokens;
    this.#sumOfName = sumOfName;
  }

  read(): Sum | undefined {
    const result = this.#sum();
    // A size is whole, so a quotient that is left divides exactly.
    return this.#at === this.#tokens.length ? result && floorOf(result) : undefined;
  }

  #takes<T extends string>(...tokens: readonly T[]): T | undefined {
    const token = tokens.find((item) => item === this.#tokens[this.#at]);
    if (token !== undefined) this.#at++;
    return token;
  }

  #sum(): Quotient | undefined {
    let sum = this.#product();
    for (;;) {
      const sign = this.#takes("+", "-");
      if (sign === undefined || sum === undefined) return sum;
      const next = this.#product();
      const added = sign === "+" ? next : negative(next);
      sum = added && add(sum, added);
    }
  }

  #product(): Quotient | undefined {
    let product = this.#signed();
    for (;;) {
      const sign = this.#takes("*", "//", "/", "%");
      if (sign === undefined || product === undefined) return product;
      const next = this.#signed();
      product = next && productSigns[sign](product, next);
    }
  }

  #signed(): Quotient | undefined {
    if (this.#takes("-") === undefined) return this.#power();
    return negative(this.#signed());
  }

  #power(): Quotient | undefined {
    const base = this.#atom();
    if (base === undefined || this.#takes("**") === undefined) return base;
    const exponent = Number(this.#tokens[this.#at++]);
    if (!(exponent >= 1 && exponent <= HIGHEST_POWER)) return undefined;
    let power: Quotient | undefined = base;
    for (let i = 1; i < exponent; i++) power = power && times(power, base);
    return power;
  }

  #atom(): Quotient | undefined {
    if (this.#takes("(") !== undefined) {
      const inner = this.#sum();
      return this.#takes(")") === undefined ? undefined : inner;
    }
    const token = this.#tokens[this.#at++] ?? "";
    if (NUMBER.test(token)) return whole(constantSum(Number(token)));
    if (this.#tokens[this.#at] === "(") return this.#call(token);
    if (token.startsWith("{")) return whole(this.#sumOfName(token.slice(1, -1)));
    return NAME.test(token) ? whole(this.#sumOfName(token)) : undefined;
  }

  #call(name: string): Quotient | undefined {
    const args: Quotient[] = [];
    do {
      this.#at++;
      const arg = this.#sum();
      if (arg === undefined) return undefined;
      args.push(arg);
    } while (this.#tokens[this.#at] === ",");
    if (this.#takes(")") === undefined) return undefined;
    return functions.get(name.toLowerCase())?.(args);
  }
}

const one = constantSum(1);
const whole = (top: Sum): Quotient => ({ top, bottom: one });

/** A quotient whose divisor is no negative number; undefined where that is 0, or the sums are too long. */
function quotient(top: Sum, bottom: Sum): Quotient | undefined {
  const by = constantIn(bottom);
  if (by === 0 || Math.max(top.size, bottom.size) > MOST_PRODUCTS) return undefined;
  if (by === undefined || by > 0) return { top, bottom };
  const turn = constantSum(-1);
  return { top: timesSum(top, turn), bottom: timesSum(bottom, turn) };
}

const isSame = (a: Sum, b: Sum): boolean => minusSum(a, b).size === 0;

const add = (a: Quotient, b: Quotient): Quotient | undefined =>
  isSame(a.bottom, b.bottom)
    ? quotient(addSums(a.top, b.top), a.bottom)
    : quotient(
        addSums(timesSum(a.top, b.bottom), timesSum(b.top, a.bottom)),
        timesSum(a.bottom, b.bottom),
      );

const times = (a: Quotient, b: Quotient): Quotient | undefined =>
  quotient(timesSum(a.top, b.top), timesSum(a.bottom, b.bottom));

const divide = (a: Quotient, b: Quotient): Quotient | undefined =>
  quotient(timesSum(a.top, b.bottom), timesSum(a.bottom, b.top));

const floorOf = ({ top, bottom }: Quotient): Sum => floorSum(top, bottom);

const floor = (value: Quotient | undefined): Quotient | undefined => value && whole(floorOf(value));

const negative = (value: Quotient | undefined): Quotient | undefined =>
  value && times(value, whole(constantSum(-1)));

const ceil = (value: Quotient | undefined): Quotient | undefined =>
  negative(floor(negative(value)));

function modulo(a: Quotient, b: Quotient): Quotient | undefined {
  const part = floor(divide(a, b));
  const taken = negative(part && times(part, b));
  return taken && add(a, taken);
}

const productSigns = {
  "*": times,
  "/": divide,
  "//": (a: Quotient, b: Quotient) => floor(divide(a, b)),
  "%": modulo,
};

type Reading = (args: readonly Quotient[]) => Quotient | undefined;

const ofOne =
  (change: (a: Quotient) => Quotient | undefined): Reading =>
  (args) =>
    args.length === 1 ? change(args[0]) : undefined;

const ofTwo =
  (change: (a: Quotient, b: Quotient) => Quotient | undefined): Reading =>
  (args) =>
    args.length === 2 ? change(args[0], args[1]) : undefined;

/** Of quotients by numbers, which are brought to one divisor. */
const ofAll =
  (change: (args: readonly Sum[]) => Sum | undefined): Reading =>
  (args) => {
    const divisors = args.map(({ bottom }) => constantIn(bottom));
    if (!divisors.every((by) => by !== undefined)) return undefined;
    const by = divisors.reduce((a, b) => a * b, 1);
    const made = change(args.map(({ top }, i) => timesSum(top, constantSum(by / divisors[i]))));
    return made && quotient(made, constantSum(by));
  };

/** The functions of formulas, in lower case. */
const functions: ReadonlyMap<string, Reading> = new Map(
  Object.entries({
    broadcast: ofAll(broadcastSum),
    ceil: ofOne(ceil),
    ceiling: ofOne(ceil),
    cleandiv: ofTwo((a, b) => floor(divide(a, b))),
    floor: ofOne(floor),
    floordiv: ofTwo((a, b) => floor(divide(a, b))),
    max: ofAll(maxSum),
    min: ofAll(minSum),
    mod: ofTwo(modulo),
    pythonmod: ofTwo(modulo),
  }),
);
