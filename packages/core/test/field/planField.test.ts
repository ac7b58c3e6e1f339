import { describe, expect, test } from "vitest";
import { drawField } from "../../src/field/drawField.js";
import { drawPlan } from "../../src/field/drawPlan.js";
import { planField } from "../../src/field/planField.js";
import { threefry2x32 } from "../../src/key/threefry.js";

const key = { seed: 7, site: "h/activation", step: 3 };

describe("planField", () => {
  test("the words of a plan give the bits of drawField", () => {
    const field = { draw: "bernoulli", rate: 0.3, perTimestep: true } as const;
    const options = { ...key, target: [3, 200], timestep: 2 };
    const plan = planField(field, options);
    const words = [new Uint32Array(1), new Uint32Array(1)] as const;
    const bits = Array.from({ length: 600 }, (_, i) => {
      const block = plan.firstBlock + (i >> 8) * 64 + (i & 63);
      threefry2x32(plan.key.key0, plan.key.key1, block, plan.key.step, ...words);
      const draw = (words[(i >> 7) & 1][0] >>> (16 * ((i >> 6) & 1))) & 0xffff;
      return draw >= plan.threshold ? 1 : 0;
    });
    expect(bits).toEqual([...drawField(field, options).data]);
  });

  test("a field that grows plans its seeds, and counts its axes from the field's front", () => {
    const grow = { size: 3, axes: [1, -2] } as const;
    const field = { draw: "bernoulli", rate: 0.2, samples: 4, grow } as const;
    const plan = planField(field, { ...key, target: [2, 8, 7, 3] });
    // gamma = 0.2 / 9 * (8 / 6) * (7 / 5); times 65536: 2718.5...
    expect(plan).toMatchObject({
      shape: [4, 2, 8, 7, 3],
      drawn: [4, 2, 6, 5, 3],
      threshold: 2719,
      grow: { size: 3, axes: [2, 3] },
    });
  });

  test("a continuous field has no threshold", () => {
    expect(planField({ draw: "normal", rate: 0.5 }, { ...key, target: [2] }).threshold).toBe(0);
  });

  test("a Bernoulli field without a rate is a TypeError", () => {
    expect(() => planField({ draw: "bernoulli" }, { ...key, target: [2] })).toThrow(
      new TypeError("planField: rate must be a number in [0, 1], got undefined"),
    );
  });
});

describe("drawPlan", () => {
  test.each(["bernoulli", "uniform", "normal"] as const)(
    "fills an array that is given: %s",
    (draw) => {
      const plan = planField({ draw, rate: 0.3 }, { ...key, target: [3, 200] });
      const output = draw === "bernoulli" ? new Uint8Array(600) : new Float32Array(600);
      expect(drawPlan(plan, output)).toBe(output);
      expect(output).toEqual(drawPlan(plan));
    },
  );

  test("an array of another length or kind is refused", () => {
    const mask = planField({ draw: "bernoulli", rate: 0.3 }, { ...key, target: [6] });
    const normals = planField({ draw: "normal" }, { ...key, target: [6] });
    expect(() => drawPlan(mask, new Uint8Array(5))).toThrow(
      new RangeError("drawPlan: output must have 6 elements, got 5"),
    );
    expect(() => drawPlan(mask, new Float32Array(6))).toThrow(
      new TypeError("drawPlan: output must be a Uint8Array, got Float32Array"),
    );
    expect(() => drawPlan(normals, new Uint8Array(6))).toThrow(
      new TypeError("drawPlan: output must be a Float32Array, got Uint8Array"),
    );
  });
});
