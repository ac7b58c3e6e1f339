import {
  add,
  div,
  type Expr,
  evaluate,
  exp,
  linear,
  log,
  mul,
  select,
  sigmoid,
  sqrt,
  sub,
  sum,
} from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type AlgebraOptions, tensorAlgebra } from "../../src/noise/tensorAlgebra.js";
import type { Value } from "../../src/noise/Value.js";
import { backends } from "../backends/backends.js";

const run = (expr: Expr, options: AlgebraOptions): number[] => {
  const value = evaluate(expr, tensorAlgebra(options));
  return typeof value === "number" ? [value] : [...value.dataSync()];
};

describe.each(backends)("%s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test.each<[string, Expr, number[]]>([
    ["add", add("x", 0.5), [1.5, 4.5]],
    ["sub", sub(2, "x"), [1, -2]],
    ["mul", mul("gain", "x"), [2, 8]],
    ["div", div("x", "features"), [0.5, 2]],
    ["exp", exp("x"), [Math.E, Math.exp(4)]],
    ["log", log("x"), [0, Math.log(4)]],
    ["sqrt", sqrt("x"), [1, 2]],
    ["sigmoid", sigmoid("x"), [1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(-4))]],
    ["sum", sum("x"), [5]],
    ["select", select("field", "x", -1), [1, -1]],
    ["linear", linear("x", "w"), [3, 12]],
    ["a learned leaf", mul("learned:scale", "x"), [10, 40]],
    ["a nested expression", add(mul("x", "x"), sqrt("x")), [2, 18]],
  ])("algebra: executes %s", (_, expr, expected) => {
    const values = run(expr, {
      leaves: {
        x: tf.tensor([1, 4]),
        w: 3,
        field: tf.tensor([1, 0], [2], "bool"),
        gain: 2,
        features: 2,
        "learned:scale": tf.scalar(10),
      },
      linear: (x: Value, w: Value) => tf.mul(x, w),
    });
    // Elementary functions of float32 differ from float64 by a few units in the last place, 2^-23.
    expect(values).toHaveLength(expected.length);
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(4 * 2 ** -23 * Math.abs(value));
    });
  });
});

test("algebra: refuses a leaf that is not given", () => {
  expect(() => run("previous", { leaves: {} })).toThrow(
    new TypeError("tensorAlgebra: previous must be given for this expression, got undefined"),
  );
});

test("algebra: refuses linear where none is given", () => {
  expect(() => run(linear("x", "w"), { leaves: { x: 1, w: 1 } })).toThrow(
    new TypeError("tensorAlgebra: linear must be given for this expression, got undefined"),
  );
});
