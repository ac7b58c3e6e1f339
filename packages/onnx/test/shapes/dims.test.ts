import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broadcastDims, productOf, remainingOf } from "../../src/shapes/dims.js";

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
    expect(broadcastDims(["batch"], ["time"])).toBeUndefined();
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
  expect(remainingOf(["batch", 3, 4], [12])).toBe("(batch*12)/(12)");
  expect(remainingOf(["batch", 3], [])).toBe("batch*3");
});
