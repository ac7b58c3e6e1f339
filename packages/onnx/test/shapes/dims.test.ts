import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  broadcastDims,
  ceilDivide,
  declaredDim,
  evaluateDim,
  floorDivide,
  larger,
  type MaybeDim,
  minus,
  namesIn,
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

  test("a name stays beside 1, and gives way to another number", () => {
    expect(broadcastDims(["batch", 3], [3])).toEqual(["batch", 3]);
    expect(broadcastDims(["batch"], [1])).toEqual(["batch"]);
    expect(broadcastDims(["batch"], ["batch"])).toEqual(["batch"]);
    expect(broadcastDims(["batch"], [7])).toEqual([7]);
    expect(broadcastDims([2], [3])).toBeUndefined();
  });

  test("of names in any order and grouping is one formula, with the size that the names' sizes give", () => {
    const size = fc.constantFrom(0, 1, 5);
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const left = broadcastDims(broadcastDims(["a"], ["b"]), ["c"]);
        const right = broadcastDims(["c"], broadcastDims(["b"], broadcastDims(["a"], ["a"])));
        expect(left).toEqual(right);
        const others = [a, b, c].filter((item) => item !== 1);
        const fits = others.every((item) => item === others[0]);
        const found = left?.map((dim) => evaluateDim(dim ?? "", { a, b, c }));
        expect(found).toEqual([fits ? (others[0] ?? 1) : undefined]);
      }),
    );
  });

  test("a table that is cut at the length of a sequence has that length beside it", () => {
    expect(broadcastDims(["time"], [smaller(512, "time")])).toEqual(["time"]);
    expect(broadcastDims([smaller(512, "time")], ["time"])).toEqual(["time"]);
    // At a length of 1 the cut one may have none.
    const half = floorDivide("time", 2);
    expect(broadcastDims(["time"], [smaller(half, "time")])?.[0]).toContain("broadcast");
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
    expect(larger(larger("c", "a"), "b")).toBe(larger("b", larger("a", "c")));
    expect(larger(larger("b", "a"), "a")).toBe("max(a, b)");
    expect(smaller("seq-len", smaller("a", 3))).toBe("min(a, seq-len, 3)");
    expect(plus(floorDivide(minus("time", 1), 2), 1)).toBe(ceilDivide("time", 2));
    expect(floorDivide(plus(floorDivide("time", 2), 1), 3)).toBe("floor((time + 2)/6)");
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
            // Nothing follows from a division by 0.
            name.endsWith("Divide") && y === 0 ? Number.NaN : Number(operations[name](x, y)),
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

  test("are read as SymPy, onnxruntime and PyTorch write them", () => {
    const sizes = { d: 7, h: 10, s0: 9, s1: 4, unk__1: 3, "x.y": 2, "seq-len": 6 };
    const texts: Readonly<Record<string, number>> = {
      "floor(d - 1/2) + 1": 7,
      "floor(d/2 - 1/2) + 1": 4,
      "floor((d + 1)/2)": 4,
      "floor(h/4 + d/4)": 4,
      "-floor(-d/2)": 4,
      "(d//2) + 1": 4,
      "((s0 - 1)//2) + 1": 5,
      "s0 // 2": 4,
      "2*s1": 8,
      "s1/2": 2,
      "s1**2 - s1": 12,
      "Max(1, d)": 7,
      "Min(s0, s1, d)": 4,
      "Max(d/2, 3)*2": 7,
      "Mod(s0, 4)": 1,
      "s0 % 4": 1,
      "ceiling(d/2)": 4,
      "FloorDiv(s0, 2)": 4,
      "unk__1 + 1": 4,
      "x.y*2+1": 5,
      "seq-len - 1": 5,
      "d-1": Number.NaN,
    };
    for (const [text, size] of Object.entries(texts)) {
      const found = evaluateDim(text, sizes);
      expect({ text, size: found ?? Number.NaN }).toEqual({ text, size });
      // What is written of it is read as the same.
      const dim = plus(text, 0);
      expect(plus(dim, 0)).toBe(dim);
      expect(dim === undefined ? undefined : evaluateDim(dim, sizes)).toBe(found);
    }
  });

  test("text that is none of these is one name, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab12 +-*/%(),.maxfloor_") }), (text) => {
        const dim = times(text, 2);
        if (dim === undefined || dim === `{${text}}*2`) return;
        const names = Object.fromEntries(namesIn(text).map((name) => [name, 6]));
        const size = evaluateDim(text, names);
        if (size !== undefined) expect(evaluateDim(dim, names)).toBe(size * 2);
      }),
      { numRuns: 5000 },
    );
    expect(times("unk(1)", 2)).toBe("{unk(1)}*2");
    expect(times("a b", 2)).toBe("{a b}*2");
    expect(times("a/0", 2)).toBe("{a/0}*2");
    // Neither depth nor length of a crafted text is a burden.
    const deep = "(".repeat(100_000);
    expect(namesIn(deep)).toEqual([deep]);
    const wide = Array.from({ length: 30 }, (_, i) => `(a${i} + b${i})`).join("*");
    expect(namesIn(wide)).toEqual([wide]);
  });

  test("a size by which a file calls an input is a formula where its names are known, else a name", () => {
    expect(declaredDim("2*s1", new Set(["s1", "2*s1"]))).toBe("s1*2");
    expect(declaredDim("2*s1", new Set(["2*s1"]))).toBe("{2*s1}");
    expect(evaluateDim("{2*s1}*3", { "2*s1": 8 })).toBe(24);
    expect(evaluateDim("{2*s1}*3", { s1: 4 })).toBe(24);
    expect(declaredDim("{2*s1}", new Set())).toBe("{2*s1}");
    expect(declaredDim("seq len", new Set())).toBe("{seq len}");
    expect(declaredDim("3", new Set(["3"]))).toBe("{3}");
  });
});
