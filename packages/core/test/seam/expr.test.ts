import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Algebra,
  add,
  bindRate,
  div,
  type Expr,
  evaluate,
  exp,
  keepScaled,
  type Leaf,
  linear,
  log,
  mul,
  rateScalars,
  reads,
  select,
  sigmoid,
  sqrt,
  sub,
  sum,
} from "../../src/adapter.js";

/** Numbers as an algebra: `linear` is a product and `sum` the identity there. */
const numbers = (leaves: Partial<Record<Leaf, number>>): Algebra<number> => ({
  constant: (value) => value,
  leaf: (leaf) => leaves[leaf] ?? Number.NaN,
  ops: {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
    exp: (a) => Math.exp(a),
    log: (a) => Math.log(a),
    sqrt: (a) => Math.sqrt(a),
    sigmoid: (a) => 1 / (1 + Math.exp(-a)),
    sum: (a) => a,
    select: (field, kept, dropped) => (field === 0 ? dropped : kept),
    linear: (x, w) => x * w,
  },
});

/** An algebra that writes expressions down, so that order and number of arguments are seen. */
const text: Algebra<string> = {
  constant: String,
  leaf: (leaf) => leaf,
  ops: {
    add: (...args) => `add(${args})`,
    sub: (...args) => `sub(${args})`,
    mul: (...args) => `mul(${args})`,
    div: (...args) => `div(${args})`,
    exp: (...args) => `exp(${args})`,
    log: (...args) => `log(${args})`,
    sqrt: (...args) => `sqrt(${args})`,
    sigmoid: (...args) => `sigmoid(${args})`,
    sum: (...args) => `sum(${args})`,
    select: (...args) => `select(${args})`,
    linear: (...args) => `linear(${args})`,
  },
};

const leaf = fc.constantFrom<Leaf>("x", "field", "rate", "keep", "gain", "learned:logit");
const { anyExpr } = fc.letrec<{ anyExpr: Expr }>((tie) => ({
  anyExpr: fc.oneof(
    { maxDepth: 5 },
    fc.double({ min: -2, max: 2, noNaN: true }),
    leaf,
    fc
      .tuple(fc.constantFrom(add, sub, mul, div, linear), tie("anyExpr"), tie("anyExpr"))
      .map(([f, a, b]) => f(a, b)),
    fc.tuple(fc.constantFrom(exp, log, sqrt, sigmoid, sum), tie("anyExpr")).map(([f, a]) => f(a)),
    fc.tuple(tie("anyExpr"), tie("anyExpr"), tie("anyExpr")).map(([f, a, b]) => select(f, a, b)),
  ),
}));

describe("evaluate", () => {
  test.each<[Expr, string]>([
    [2, "2"],
    ["learned:logit", "learned:logit"],
    [add("x", 1), "add(x,1)"],
    [sub("x", 1), "sub(x,1)"],
    [mul("x", 1), "mul(x,1)"],
    [div("x", 1), "div(x,1)"],
    [linear("x", "w"), "linear(x,w)"],
    [exp("x"), "exp(x)"],
    [log("x"), "log(x)"],
    [sqrt("x"), "sqrt(x)"],
    [sigmoid("x"), "sigmoid(x)"],
    [sum("w"), "sum(w)"],
    [select("field", "x", "previous"), "select(field,x,previous)"],
    [keepScaled, "select(field,mul(gain,x),0)"],
  ])("%j gives its arguments to its operation, in order", (expr, written) => {
    expect(evaluate(expr, text)).toBe(written);
  });

  test("computes nested expressions from the leaves up", () => {
    const z = sigmoid(div(add("x", log(div("rate", "keep"))), 0.1));
    const value = evaluate(z, numbers({ x: 0.3, rate: 0.25, keep: 0.75 }));
    expect(value).toBe(1 / (1 + Math.exp(-(0.3 + Math.log(0.25 / 0.75)) / 0.1)));
  });
});

describe("reads", () => {
  test("is true for exactly the leaves that an evaluation asks for", () => {
    fc.assert(
      fc.property(anyExpr, leaf, (expr, asked) => {
        const seen = new Set<Leaf>();
        const { ops } = numbers({});
        evaluate(expr, {
          constant: (value) => value,
          leaf: (name) => {
            seen.add(name);
            return 1;
          },
          ops,
        });
        expect(reads(expr, asked)).toBe(seen.has(asked));
      }),
    );
  });
});

describe("bindRate", () => {
  const scalars = rateScalars(0.3);
  const leaves = { x: 0.7, field: 1, "learned:logit": -0.4, ...scalars };

  test("changes no value", () => {
    fc.assert(
      fc.property(anyExpr, (expr) => {
        expect(evaluate(bindRate(expr, scalars), numbers(leaves))).toBe(
          evaluate(expr, numbers(leaves)),
        );
      }),
    );
  });

  test("leaves no rate, keep or gain, and keeps every other leaf", () => {
    fc.assert(
      fc.property(anyExpr, (expr) => {
        const bound = bindRate(expr, scalars);
        for (const name of ["rate", "keep", "gain"] as const)
          expect(reads(bound, name)).toBe(false);
        for (const name of ["x", "field", "learned:logit"] as const) {
          expect(reads(bound, name)).toBe(reads(expr, name));
        }
      }),
    );
  });

  test.each<[Expr, number]>([
    [add("rate", 1), scalars.rate + 1],
    [sub(1, "rate"), scalars.keep],
    [mul("gain", 3), scalars.gain * 3],
    [div(1, "keep"), 1 / scalars.keep],
    [exp("rate"), Math.exp(scalars.rate)],
    [log("rate"), Math.log(scalars.rate)],
    [sqrt(div("rate", "keep")), Math.sqrt(scalars.rate / scalars.keep)],
    [sigmoid("rate"), 1 / (1 + Math.exp(-scalars.rate))],
  ])("computes %j, whose arguments are all numbers", (expr, value) => {
    expect(bindRate(expr, scalars)).toBe(value);
  });

  test.each<[Expr]>([[sum(2)], [linear(2, 3)], [select(1, 2, 3)]])(
    "does not compute %j, which is about shapes",
    (expr) => {
      expect(bindRate(expr, scalars)).toEqual(expr);
    },
  );

  test("a gain of 0 is bound; an undefined one stays, for a field that grows", () => {
    expect(bindRate(keepScaled, rateScalars(1))).toEqual(select("field", mul(0, "x"), 0));
    expect(bindRate(keepScaled, { ...scalars, gain: undefined })).toEqual(keepScaled);
  });

  test("the expression that it is given stays as it was", () => {
    const before = JSON.stringify(keepScaled);
    bindRate(keepScaled, scalars);
    expect(JSON.stringify(keepScaled)).toBe(before);
  });
});
