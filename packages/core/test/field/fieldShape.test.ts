import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Field, fieldShape, sharedAxes, sizeOf } from "../../src/adapter.js";

const bernoulli = (field: Omit<Field, "draw">): Field => ({ draw: "bernoulli", ...field });
const shapes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 });
/** A target with one of its axes. */
const axisOf = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 })
  .chain((target) => fc.tuple(fc.constant(target), fc.nat(target.length - 1)));

describe("fieldShape", () => {
  test("is the target's shape where a field says nothing of its own", () => {
    fc.assert(
      fc.property(shapes, (target) => {
        expect(fieldShape("fieldShape", bernoulli({}), target)).toEqual(target);
        expect(fieldShape("fieldShape", bernoulli({ perTimestep: true }), target)).toEqual(target);
      }),
    );
  });

  test("shared: sizes in the run are 1, all others the target's", () => {
    const runs = axisOf.chain(([target, to]) =>
      fc.tuple(fc.constant(target), fc.nat(to), fc.constant(to)),
    );
    fc.assert(
      fc.property(runs, ([target, from, to]) => {
        const shape = fieldShape("fieldShape", bernoulli({ shared: [[from, to]] }), target);
        expect(shape).toEqual(target.map((size, axis) => (axis >= from && axis <= to ? 1 : size)));
      }),
    );
  });

  test("shared: an axis from the end is the same axis from the front", () => {
    fc.assert(
      fc.property(axisOf, ([target, axis]) => {
        const back = axis - target.length;
        expect(fieldShape("fieldShape", bernoulli({ shared: [[back, back]] }), target)).toEqual(
          fieldShape("fieldShape", bernoulli({ shared: [[axis, axis]] }), target),
        );
      }),
    );
  });

  test("shared: an empty run shares nothing, so [1, -1] and [1, -2] serve every rank", () => {
    expect(fieldShape("fieldShape", bernoulli({ shared: [[1, -1]] }), [4])).toEqual([4]);
    expect(fieldShape("fieldShape", bernoulli({ shared: [[1, -2]] }), [4, 3])).toEqual([4, 3]);
    expect(fieldShape("fieldShape", bernoulli({ shared: [[2, -1]] }), [4, 3])).toEqual([4, 3]);
    expect(fieldShape("fieldShape", bernoulli({ shared: [[0, -1]] }), [])).toEqual([]);
  });

  test("noiseShape: any choice of 1, null and the target's sizes along the trailing axes", () => {
    const choices = shapes.chain((target) =>
      fc.tuple(
        fc.constant(target),
        fc.array(fc.constantFrom("one", "null", "size"), { maxLength: target.length }),
      ),
    );
    fc.assert(
      fc.property(choices, ([target, kinds]) => {
        const lead = target.length - kinds.length;
        const noiseShape = kinds.map((kind, i) =>
          kind === "one" ? 1 : kind === "null" ? null : target[lead + i],
        );
        expect(fieldShape("fieldShape", bernoulli({ noiseShape }), target)).toEqual(
          target.map((size, axis) => (axis < lead || kinds[axis - lead] === "one" ? 1 : size)),
        );
      }),
    );
  });

  test("perExample and samples go in front, samples first", () => {
    fc.assert(
      fc.property(shapes, fc.nat(9), fc.integer({ min: 1, max: 9 }), (target, batch, samples) => {
        expect(fieldShape("fieldShape", bernoulli({ perExample: true }), target, batch)).toEqual([
          batch,
          ...target,
        ]);
        expect(
          fieldShape("fieldShape", bernoulli({ perExample: true, samples }), target, batch),
        ).toEqual([samples, batch, ...target]);
      }),
    );
  });

  test.each([[[0, 2]], [[-3, 1]], [[2, 0]], [[3, 2]]] as const)(
    "shared: %j of a matrix is outside or reversed, and an error",
    (axes) => {
      expect(() => fieldShape("fieldShape", bernoulli({ shared: [axes] }), [4, 3])).toThrow(
        new RangeError(
          `fieldShape: axes [${axes.join(", ")}] must be a run in the target, got rank 2`,
        ),
      );
    },
  );

  test.each([[[2, 3]], [[4, 4]], [[1, 4, 3]], [[0]]])(
    "noiseShape: %j does not broadcast to [4, 3], and is an error",
    (noiseShape) => {
      expect(() => fieldShape("fieldShape", bernoulli({ noiseShape }), [4, 3])).toThrow(
        new RangeError(
          `fieldShape: noiseShape must broadcast to the target [4, 3], got [${noiseShape.join(", ")}]`,
        ),
      );
    },
  );

  test("perExample: a batch that is not given is an error", () => {
    expect(() => fieldShape("fieldShape", bernoulli({ perExample: true }), [4])).toThrow(
      new TypeError("fieldShape: batch must be given for a field per example, got undefined"),
    );
  });
});

test("sizeOf: the product of the sizes, 1 for a scalar, 0 for an empty axis", () => {
  expect(sizeOf([2, 3, 4])).toBe(24);
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([5, 0])).toBe(0);
});

describe("sharedAxes", () => {
  test("sharedAxes: names the axes of size 1 without the target's sizes", () => {
    expect(sharedAxes("sharedAxes", { draw: "bernoulli", shared: [[1, -2]] }, 4)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(sharedAxes("sharedAxes", { draw: "bernoulli", noiseShape: [1, null] }, 3)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("sharedAxes: a noiseShape with more axes than the target is an error", () => {
    expect(() => sharedAxes("sharedAxes", { draw: "bernoulli", noiseShape: [1, null] }, 1)).toThrow(
      new RangeError(
        "sharedAxes: noiseShape [1, null] must have no more axes than the target, got rank 1",
      ),
    );
  });
});
