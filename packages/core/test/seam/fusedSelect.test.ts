import { describe, expect, test } from "vitest";
import {
  add,
  type Expr,
  type FusedSelect,
  fusedSelect,
  keepScaled,
  mul,
  select,
  sub,
} from "../../src/adapter.js";

describe("fusedSelect", () => {
  test.each<[Expr, FusedSelect]>([
    [keepScaled, { scale: "gain", shift: -0, dropped: 0 }],
    [select("field", "x", 0), { scale: 1, shift: -0, dropped: 0 }],
    [select("field", mul(2, "x"), 0), { scale: 2, shift: -0, dropped: 0 }],
    [select("field", add("x", 3), -1), { scale: 1, shift: 3, dropped: -1 }],
    [select("field", add(mul(2, "x"), 3), -1), { scale: 2, shift: 3, dropped: -1 }],
    [select("field", add(mul("gain", "x"), 3), 0), { scale: "gain", shift: 3, dropped: 0 }],
    [select("field", "x", "previous"), { scale: 1, shift: -0, dropped: "previous" }],
  ])("recognises %j", (expr, fused) => {
    expect(fusedSelect(expr)).toEqual(fused);
  });

  test.each<[string, Expr]>([
    ["a number", 1],
    ["a leaf", "x"],
    ["an affine form without a select", add(mul(2, "x"), 3)],
    ["a select on something else than the field", select("x", "x", 0)],
    ["a dropped value to compute", select("field", "x", mul(2, "previous"))],
    ["a kept constant", select("field", 1, 0)],
    ["a kept leaf that is not x", select("field", "previous", 0)],
    ["a scale that is not a number", select("field", mul("learned:scale", "x"), 0)],
    ["a rate that is not bound", select("field", mul("keep", "x"), 0)],
    ["a shift that is not a number", select("field", add("x", "b"), 0)],
    ["two shifts", select("field", add(add("x", 1), 2), 0)],
    ["a square", select("field", mul("x", "x"), 0)],
    ["a product the other way round", select("field", mul("x", 2), 0)],
    ["a difference", select("field", sub("x", 1), 0)],
    ["a scaled sum", select("field", mul(2, add("x", 1)), 0)],
  ])("is undefined for %s", (_, expr) => {
    expect(fusedSelect(expr)).toBeUndefined();
  });
});
