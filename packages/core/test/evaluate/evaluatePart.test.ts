import { describe, expect, test } from "vitest";
import {
  add,
  denseLinear,
  div,
  type EvaluatePartOptions,
  type Expr,
  evaluatePart,
  evaluatePenalty,
  exp,
  type Leaf,
  type Leaves,
  linear,
  log,
  mul,
  type Part,
  partSite,
  reads,
  type Shape,
  select,
  sigmoid,
  sizeOf,
  sqrt,
  sub,
  sum,
  type Tensor,
} from "../../src/adapter.js";
import { dropout, zoneout } from "../../src/index.js";
import { runPart } from "../seam/runPart.js";
import { variantsAt } from "../seam/variants.js";

const key = { seed: 9, site: "layer", step: 2, batch: 2 };

/** Values of either sign, none near 0, all different. */
function ramp(shape: Shape, scale = 1): { shape: Shape; data: Float64Array } {
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => scale * (((i * 7) % 11) / 4 - 1.3 + i / 50),
  );
  return { shape, data };
}

const targets: Readonly<Partial<Record<Part["at"], Shape>>> = {
  kernel: [4, 3],
  recurrentKernel: [3, 3],
  bias: [3],
  state: [2, 3],
  nextState: [2, 3],
  nextCell: [2, 3],
};

/** All leaves of a place, and the learned ones. */
function leavesAt(at: Part["at"]): Record<string, Tensor> {
  const learned = { "learned:logit": ramp([]), "learned:logAlpha": ramp([4, 3]) };
  if (at === "linear") return { ...learned, x: ramp([2, 4]), w: ramp([4, 3], 0.7), b: ramp([3]) };
  const shape = targets[at] ?? [2, 5, 4];
  return { ...learned, x: ramp(shape), previous: ramp(shape, -0.5) };
}

const leafNames = ["x", "w", "b", "previous", "learned:logit", "learned:logAlpha"] as const;

/**
 * Compares gradients with central differences of `sum(dy * value)`. At step h = 1e-5 their
 * truncation is h^2 / 6 times a third derivative (of concrete's sigmoid at temperature 0.1 up to 10^3 / 8
 * times the other factors), their rounding 2^-52 / h times the sum: 1e-6 covers both.
 */
function expectDifferences(
  value: (leaves: Leaves) => {
    value: Tensor;
    gradients(dy: Tensor, by: readonly Leaf[]): readonly Tensor[];
  },
  leaves: Record<string, Tensor>,
  by: readonly Leaf[],
): void {
  const run = value(leaves);
  const dy = ramp(run.value.shape, 0.9);
  const loss = (changed: Leaves): number =>
    Float64Array.from(value(changed).value.data).reduce((total, y, i) => total + dy.data[i] * y, 0);
  const gradients = run.gradients(dy, by);
  by.forEach((leaf, at) => {
    const { shape, data } = leaves[leaf];
    expect(gradients[at].shape).toEqual(shape);
    expect(gradients[at].data).toBeInstanceOf(Float64Array);
    data.forEach((_, i) => {
      const shifted = (h: number): Tensor => ({
        shape,
        data: data.map((v, k) => (k === i ? v + h : v)),
      });
      const difference =
        (loss({ ...leaves, [leaf]: shifted(1e-5) }) - loss({ ...leaves, [leaf]: shifted(-1e-5) })) /
        2e-5;
      const gradient = gradients[at].data[i];
      expect(Math.abs(gradient - difference)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(gradient)));
    });
  });
}

const parts = Object.entries(variantsAt(0.3)).flatMap(([name, { parts }]) =>
  parts.map((part) => [`${name}: ${partSite("", part)}`, part] as const),
);

describe("evaluatePart", () => {
  test.each(parts)("%s is what an algebra of its own computes in float64", (_, part) => {
    for (const training of [true, false]) {
      const leaves = leavesAt(part.at);
      const target = part.at === "linear" ? [2, 3] : leaves.x.shape;
      const expected = runPart(
        part,
        target,
        Object.fromEntries(
          Object.entries(leaves).map(([name, { shape, data }]) => [
            name,
            { shape, data: Float64Array.from(data) },
          ]),
        ),
        { ...key, training },
      );
      expect(evaluatePart(part, { ...key, leaves, training }).value).toEqual(expected);
    }
  });

  test.each(parts)("%s has the gradients of finite differences, by every leaf", (_, part) => {
    for (const training of [true, false]) {
      const formula = training ? part.train : part.infer;
      const by = leafNames.filter((leaf) => reads(formula, leaf));
      expect(by).toContain("x");
      expectDifferences(
        (leaves) => evaluatePart(part, { ...key, leaves, training }),
        leavesAt(part.at),
        by,
      );
    }
  });

  const [part] = dropout({ rate: 0.5 }).parts;
  const formula = (train: Expr): Part => ({ ...part, train });
  const options = { ...key, training: true };

  test.each<[Expr]>([
    [add("x", "w")],
    [sub("w", "x")],
    [mul("b", "x")],
    [div("x", "w")],
    [div("b", "w")],
    [exp("x")],
    [log(mul("w", "w"))],
    [sqrt(add(2, mul("w", "w")))],
    [sigmoid(mul("x", "b"))],
    [sum(mul("x", "w"))],
    [mul(sum("w"), "x")],
    [select("field", mul("x", "w"), "b")],
    [linear("x", "learned:w2")],
    [mul(linear("x", "learned:w2"), linear("x", "learned:w2"))],
    [linear(mul("x", "x"), exp("learned:w2"))],
    [linear("x", "learned:w3")],
    [add(mul("x", "x"), mul("x", "w"))],
  ])("gradients of %j, of broadcast leaves too, are finite differences", (expr) => {
    const leaves = {
      x: ramp([2, 4]),
      w: ramp([4], 0.8),
      b: ramp([]),
      "learned:w2": ramp([4, 3]),
      "learned:w3": ramp([2, 4, 3]),
    };
    const by = (["x", "w", "b", "learned:w2", "learned:w3"] as const).filter((leaf) =>
      reads(expr, leaf),
    );
    expectDifferences(
      (given) => evaluatePart(formula(expr), { ...options, leaves: given }),
      leaves,
      by,
    );
  });

  test("rounds every operation to float32, unless a leaf comes in float64", () => {
    const expr = sub(mul("x", 3), div("x", 7));
    const x = Float32Array.of(0.1, 1e7, -3.3);
    const single = evaluatePart(formula(expr), {
      ...options,
      leaves: { x: { shape: [3], data: x } },
    });
    const { fround } = Math;
    expect(single.value.data).toEqual(x.map((v) => fround(fround(v * 3) - fround(v / 7))));
    const data = Float64Array.from(x);
    const double = evaluatePart(formula(expr), { ...options, leaves: { x: { shape: [3], data } } });
    expect(double.value.data).toEqual(data.map((v) => v * 3 - v / 7));
    expect(single.gradients(single.value, ["x"])[0].data).toBeInstanceOf(Float32Array);
  });

  test("does not multiply by 0: NaN and Inf vanish from value and gradient where they are not picked", () => {
    const x = { shape: [64], data: new Float64Array(64).fill(Number.NaN) };
    const ones = { shape: [64], data: new Float64Array(64).fill(1) };
    const run = evaluatePart(part, { ...options, leaves: { x }, rate: 1 });
    expect(run.value.data).toEqual(new Float64Array(64));
    expect(run.gradients(ones, ["x"])[0].data).toEqual(new Float64Array(64));
    // dy is NaN where the entry is dropped: nothing of it comes back.
    const kept = evaluatePart(part, { ...options, leaves: { x: ones } });
    const dy = { shape: [64], data: kept.value.data.map((y) => (y === 0 ? Number.NaN : 1)) };
    expect(kept.gradients(dy, ["x"])[0].data).toEqual(kept.value.data);
  });

  test("a leaf that the formula does not read has a gradient of zeros", () => {
    const leaves = { x: ramp([2, 4]), w: ramp([3]) };
    const run = evaluatePart(part, { ...options, leaves });
    expect(run.gradients(run.value, ["w"])).toEqual([{ shape: [3], data: new Float64Array(3) }]);
  });

  test("a number is a scalar leaf", () => {
    const run = evaluatePart(formula(mul("b", "x")), {
      ...options,
      leaves: { x: ramp([2, 4]), b: 3 },
    });
    expect(run.value.data).toEqual(ramp([2, 4]).data.map((v) => 3 * v));
    expect(run.gradients(ramp([2, 4]), ["b"])[0].shape).toEqual([]);
  });

  test("takes the rate, the timestep and the linear operation of the call", () => {
    const leaves = { x: ramp([2, 3]), previous: ramp([2, 3], -1) };
    const [next] = zoneout({ stateRate: 0.5, cellRate: 0 }).parts;
    const at = (change: Partial<EvaluatePartOptions>): Tensor =>
      evaluatePart(next, { ...options, leaves, ...change }).value;
    expect(at({ rate: 0 })).toEqual(leaves.x);
    expect(at({ rate: 1 })).toEqual(leaves.previous);
    const steps = Array.from({ length: 9 }, (_, timestep) => at({ timestep }).data.join());
    expect(new Set(steps).size).toBeGreaterThan(1);
    const doubled = {
      ...denseLinear,
      apply: (x: Tensor): Tensor => ({ shape: x.shape, data: x.data.map((v) => 2 * v) }),
    };
    const run = evaluatePart(formula(linear("x", "w")), {
      ...options,
      leaves: { x: ramp([2, 3]), w: ramp([3, 3]) },
      linear: doubled,
    });
    expect(run.value.data).toEqual(ramp([2, 3]).data.map((v) => 2 * v));
  });

  test("leaves its leaves and dy as they were", () => {
    const leaves = { x: ramp([2, 4]) };
    const run = evaluatePart(formula(add("x", mul(2, "x"))), { ...options, leaves });
    const dy = ramp([2, 4]);
    run.gradients(dy, ["x"]);
    expect(run.gradients(dy, ["x"])[0].data).toEqual(dy.data.map((v) => v + 2 * v));
    expect([leaves.x, dy]).toEqual([ramp([2, 4]), ramp([2, 4])]);
  });

  test("takes no entries", () => {
    const run = evaluatePart(part, { ...options, leaves: { x: ramp([0, 4]) } });
    expect(run.value).toEqual(ramp([0, 4]));
    expect(run.gradients(run.value, ["x"])).toEqual([ramp([0, 4])]);
  });

  describe("each error", () => {
    const x = ramp([2, 4]);

    test("a leaf that is missing, in the value or in the gradient", () => {
      const error = (leaf: string): Error =>
        new TypeError(`evaluatePart: leaf ${leaf} must be given, got undefined`);
      expect(() => evaluatePart(formula(add("x", "w")), { ...options, leaves: { x } })).toThrow(
        error("w"),
      );
      const run = evaluatePart(part, { ...options, leaves: { x } });
      expect(() => run.gradients(x, ["b"])).toThrow(error("b"));
    });

    test("a leaf or dy of another length than its shape's", () => {
      const bad = { shape: [2, 4], data: new Float64Array(5) };
      expect(() => evaluatePart(formula("x"), { ...options, leaves: { x: bad } })).toThrow(
        new RangeError("evaluatePart: x must have 8 elements, got 5"),
      );
      const run = evaluatePart(part, { ...options, leaves: { x } });
      expect(() => run.gradients(ramp([3]), ["x"])).toThrow(
        new RangeError("evaluatePart: dy must have 8 elements, got 3"),
      );
    });

    test("shapes that do not broadcast", () => {
      const leaves = { x, w: ramp([3]) };
      expect(() => evaluatePart(formula(add("x", "w")), { ...options, leaves })).toThrow(
        new RangeError("evaluatePart: shapes must broadcast, got [2, 4], [3]"),
      );
    });

    test.each<[Shape, Shape]>([
      [
        [2, 4],
        [3, 2],
      ],
      [[2, 4], [4]],
      [
        [2, 4],
        [3, 4, 2],
      ],
      [[], [4, 2]],
    ])("a dense layer of x %j and w %j", (xShape, wShape) => {
      const leaves = { x: ramp(xShape), w: ramp(wShape) };
      expect(() => evaluatePart(formula(linear("x", "w")), { ...options, leaves })).toThrow(
        new RangeError(
          `denseLinear: kernel must be [inputs, outputs] or [batch, inputs, outputs] of x [${xShape.join(", ")}], got [${wShape.join(", ")}]`,
        ),
      );
    });

    test("a rate out of range", () => {
      expect(() =>
        evaluatePart(formula(mul("rate", "x")), { ...options, leaves: { x }, rate: 2 }),
      ).toThrow(new RangeError("evaluatePart: rate must be in [0, 1], got 2"));
    });
  });
});

describe("evaluatePenalty", () => {
  const penalised = Object.entries(variantsAt(0.3)).filter(
    ([, { penalty }]) => penalty !== undefined,
  );

  test.each(penalised)("%s has the gradients of finite differences", (_, variant) => {
    const by = leafNames.filter((leaf) => reads(variant.penalty ?? 0, leaf));
    expect(by.length).toBeGreaterThan(0);
    const leaves = {
      w: ramp([4, 3]),
      features: ramp([]),
      "learned:logit": ramp([]),
      "learned:logAlpha": ramp([4, 3]),
    };
    expectDifferences((given) => evaluatePenalty(variant, given), leaves, by);
    expect(evaluatePenalty(variant, leaves).value.shape).toEqual([]);
  });

  test("is 0 for a variant without one", () => {
    const { value, gradients } = evaluatePenalty(dropout({ rate: 0.5 }), { w: ramp([2]) });
    expect([value.shape, [...value.data]]).toEqual([[], [0]]);
    expect(gradients(value, ["w"])).toEqual([{ shape: [2], data: new Float64Array(2) }]);
  });

  test("a missing leaf is a TypeError", () => {
    const [[, variant]] = penalised;
    expect(() => evaluatePenalty(variant, {})).toThrow(
      new TypeError("evaluatePenalty: leaf learned:logAlpha must be given, got undefined"),
    );
  });
});
