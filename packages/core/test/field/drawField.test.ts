import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  drawField,
  drawNormal,
  drawUniform,
  type Field,
  fieldShape,
  rateScalars,
  type Shape,
} from "../../src/adapter.js";
import { drawMask } from "../../src/index.js";

const key = { seed: 11, site: "layer/activation", step: 4 };

describe("drawField", () => {
  const target = [4, 6, 5];

  test.each<[string, Field]>([
    ["shared", { draw: "bernoulli", rate: 0.3, shared: [[1, 1]] }],
    ["of a noise shape", { draw: "bernoulli", rate: 0.3, noiseShape: [null, 1] }],
    ["per example", { draw: "bernoulli", rate: 0.3, perExample: true }],
    ["per timestep", { draw: "bernoulli", rate: 0.3, perTimestep: true }],
  ])("a Bernoulli field %s is drawMask over fieldShape, with the rate's gain", (_, field) => {
    const shape = fieldShape("fieldShape", field, target, 3);
    expect(drawField(field, { ...key, target, batch: 3, timestep: 2 })).toEqual({
      shape,
      data: drawMask({ ...key, shape, rate: 0.3, timestep: 2 }),
      gain: rateScalars(0.3).gain,
    });
  });

  test("uniform and normal fields are drawUniform and drawNormal; a gain only where there is a rate", () => {
    const shape = [2, 4, 6, 5];
    expect(drawField({ draw: "uniform" }, { ...key, target })).toEqual({
      shape: target,
      data: drawUniform({ ...key, shape: target }),
    });
    expect(drawField({ draw: "normal", rate: 0.25, samples: 2 }, { ...key, target })).toEqual({
      shape,
      data: drawNormal({ ...key, shape }),
      gain: rateScalars(0.25).gain,
    });
  });

  test("a rate at the call replaces the field's", () => {
    const { data, gain } = drawField(
      { draw: "bernoulli", rate: 0.3 },
      { ...key, target, rate: 0.6 },
    );
    expect(data).toEqual(drawMask({ ...key, shape: target, rate: 0.6 }));
    expect(gain).toBe(rateScalars(0.6).gain);
  });

  test("a Bernoulli field without a rate is a TypeError, one out of range a RangeError", () => {
    expect(() => drawField({ draw: "bernoulli" }, { ...key, target })).toThrow(
      new TypeError("drawField: rate must be a number in [0, 1], got undefined"),
    );
    expect(() => drawField({ draw: "bernoulli" }, { ...key, target, rate: 2 })).toThrow(
      new RangeError("drawField: rate must be in [0, 1], got 2"),
    );
  });
});

describe("drawField: fields that grow", () => {
  /** Seeds as the contract says, in the valid region; a copy of each dropped one all over its block. */
  function blocks(
    { shape, axes, size }: { shape: Shape; axes: number[]; size: number },
    rate: number,
  ) {
    let gamma = rate;
    for (const axis of axes) gamma = (gamma * shape[axis]) / (size * (shape[axis] - size + 1));
    const inside = shape.map((n, axis) => (axes.includes(axis) ? n - size + 1 : n));
    const seeds = drawMask({ ...key, shape: inside, rate: rate === 1 ? 1 : gamma });
    const field = new Uint8Array(shape.reduce((a, b) => a * b, 1)).fill(1);
    const stamp = (axis: number, seed: number, at: number, dropped: boolean): void => {
      if (axis === shape.length) {
        if (dropped) field[at] = 0;
        return;
      }
      const n = shape[axis];
      for (let i = 0; i < inside[axis]; i++) {
        const edge = axes.includes(axis) ? size : 1;
        const next = seed * inside[axis] + i;
        const drop = axis === shape.length - 1 ? seeds[next] === 0 : dropped;
        for (let offset = 0; offset < edge; offset++)
          stamp(axis + 1, next, at * n + i + offset, drop);
      }
    };
    stamp(0, 0, 0, false);
    return field;
  }

  test("are the blocks of their seeds, for any size, dimensions and place of the axes", () => {
    const cases = fc
      .record({
        sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        channels: fc.constantFrom("first" as const, "last" as const),
        rate: fc.constantFrom(0, 0.05, 0.3, 0.9, 1),
      })
      .chain((row) =>
        fc.record({
          row: fc.constant(row),
          size: fc.integer({ min: 1, max: Math.min(...row.sizes) }),
        }),
      );
    fc.assert(
      fc.property(cases, ({ row: { sizes, channels, rate }, size }) => {
        const first = channels === "first";
        const target = first ? [2, 3, ...sizes] : [2, ...sizes, 3];
        const grow = { size, axes: first ? ([2, -1] as const) : ([1, -2] as const) };
        const axes = sizes.map((_, i) => i + (first ? 2 : 1));
        const { data, shape } = drawField({ draw: "bernoulli", rate, grow }, { ...key, target });
        expect(shape).toEqual(target);
        expect(data).toEqual(blocks({ shape: target, axes, size }, rate));
      }),
    );
  });

  test("their gain is entries / kept entries: 1 at rate 0, 0 at rate 1", () => {
    const grow = { size: 2, axes: [1, -2] } as const;
    const draw = (rate: number) =>
      drawField({ draw: "bernoulli", rate, grow }, { ...key, target: [2, 6, 6, 3] });
    expect([draw(0).gain, draw(1).gain]).toEqual([1, 0]);
    const { data, gain } = draw(0.3);
    const kept = data.filter((bit) => bit === 1).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(216);
    expect(gain).toBe(Math.fround(216 / kept));
  });

  test("a field of samples grows in each", () => {
    const grow = { size: 6, axes: [1, 2] } as const;
    const field = { draw: "bernoulli", rate: 0.5, samples: 40, grow } as const;
    const { shape, data } = drawField(field, { ...key, target: [2, 6, 6, 1] });
    expect(shape).toEqual([40, 2, 6, 6, 1]);
    // A block as large as the map: each map is whole or gone, and both occur.
    const maps = Array.from({ length: 80 }, (_, i) => data.subarray(i * 36, i * 36 + 36).join(""));
    expect(new Set(maps)).toEqual(new Set(["0".repeat(36), "1".repeat(36)]));
  });

  test("an empty batch is drawn", () => {
    const grow = { size: 2, axes: [1, -2] } as const;
    const { data, gain } = drawField(
      { draw: "bernoulli", rate: 0.3, grow },
      { ...key, target: [0, 6, 6, 3] },
    );
    expect([data.length, gain]).toEqual([0, 0]);
  });

  test.each([0, 1.5, 4, Number.NaN])("a block of size %d on a map of 3 is a RangeError", (size) => {
    const field = { draw: "bernoulli", rate: 0.3, grow: { size, axes: [1, -2] } } as const;
    expect(() => drawField(field, { ...key, target: [1, 3, 5, 2] })).toThrow(
      new RangeError(`drawField: block size must be an integer in [1, 3], got ${size}`),
    );
  });
});
