import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  broadcastDims,
  ceilDivide,
  evaluateDim,
  floorDivide,
  larger,
  type MaybeDim,
  minus,
  plus,
  productOf,
  remainingOf,
  smaller,
  times,
} from "../../src/shapes/dims.js";

describe("broadcastDims", () => {
  test("is symmetric", () => {
    const dims = fc.array(fc.constantFrom(1, 2, 3, "batch", "time"), { maxLength: 4 });
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        expect(broadcastDims(a, b)).toEqual(broadcastDims(b, a));
      }),
    );
  });

  test("a name stays beside 1, gives way to another number, and beside another name says nothing", () => {
    expect(broadcastDims(["batch", 3], [3])).toEqual(["batch", 3]);
    expect(broadcastDims(["batch"], [1])).toEqual(["batch"]);
    expect(broadcastDims(["batch"], ["batch"])).toEqual(["batch"]);
    expect(broadcastDims(["batch"], [7])).toEqual([7]);
    expect(broadcastDims(["batch"], ["time"])).toEqual([undefined]);
    expect(broadcastDims([2], [3])).toBeUndefined();
  });
});

test("productOf: a number where all are, else a product that names what is not", () => {
  expect(productOf([])).toBe(1);
  expect(productOf([2, 3, 4])).toBe(24);
  expect(productOf(["batch"])).toBe("batch");
  expect(productOf([2, "batch", 3, "time"])).toBe("batch*time*6");
});

test("remainingOf: what a Reshape's -1 stands for", () => {
  expect(remainingOf([2, 3, 4], [6])).toBe(4);
  expect(remainingOf(["batch", 3, 4], ["batch"])).toBe(12);
  expect(remainingOf(["batch", 3, 4], [12])).toBe("batch");
  expect(remainingOf(["batch", 3, 4], [5])).toBe("floor(batch*12/5)");
  expect(remainingOf(["batch", 3], [])).toBe("batch*3");
});

describe("formulas", () => {
  test("one size has one text, in whatever order it is put together", () => {
    expect(plus(plus("time", 1), "batch")).toBe(plus("batch", plus(1, "time")));
    expect(minus(plus("time", 3), 3)).toBe("time");
    expect(times(plus("a", 1), plus("a", -1))).toBe("a*a - 1");
    expect(floorDivide(plus(times("time", 4), 7), 2)).toBe("time*2 + 3");
    expect(ceilDivide(times("time", 3), 3)).toBe("time");
    expect(larger("time", 0)).toBe("time");
    expect(smaller(minus("time", 1), "time")).toBe("time - 1");
    expect(larger(minus("time", 1), 0)).toBe("max(time - 1, 0)");
  });

  test("names of any text stay whole", () => {
    expect(times("seq len/2", 2)).toBe("{seq len/2}*2");
    expect(evaluateDim("{seq len/2}*2", { "seq len/2": 4 })).toBe(8);
    expect(evaluateDim("seq len/2", { "seq len/2": 4 })).toBe(4);
  });

  test("have the value of what they are made of, for all sizes of their names", () => {
    const operations = { ceilDivide, floorDivide, larger, minus, plus, smaller, times };
    type Name = keyof typeof operations;
    const { tree } = fc.letrec<{ tree: [MaybeDim, number]; leaf: [MaybeDim, number] }>((tie) => ({
      leaf: fc.constantFrom<[MaybeDim, number]>(
        [1, 1],
        [2, 2],
        [7, 7],
        ["batch", 5],
        ["time", 6],
        ["seq-len", 3],
        ["a b", 4],
      ),
      tree: fc.oneof(
        { depthSize: "small" },
        tie("leaf"),
        fc
          .tuple(
            fc.constantFrom<Name>(
              "ceilDivide",
              "floorDivide",
              "larger",
              "minus",
              "plus",
              "smaller",
              "times",
            ),
            tie("tree"),
            tie("tree"),
          )
          .map(([name, [a, x], [b, y]]): [MaybeDim, number] => [
            operations[name](a, b),
            Number(operations[name](x, y)),
          ]),
      ),
    }));
    const sizes = { batch: 5, time: 6, "seq-len": 3, "a b": 4 };
    fc.assert(
      fc.property(tree, ([dim, size]) => {
        fc.pre(Number.isSafeInteger(size));
        // Too long a formula is given up; else it has the value.
        const value = dim === undefined ? size : evaluateDim(dim, sizes);
        expect(value === undefined ? undefined : value + 0).toBe(size + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test("a name without a size has no value", () => {
    expect(evaluateDim("batch*2", {})).toBeUndefined();
    expect(evaluateDim("batch *", { batch: 2 })).toBeUndefined();
  });
});
