import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawUniform, type UniformOptions } from "../../src/adapter.js";

const base: UniformOptions = { seed: 1, site: "concrete", step: 0, shape: [1000, 100] };
const entries = 100_000;

describe("drawUniform", () => {
  test("every value is an odd multiple of 2^-24 below 1, so neither 0 nor 1", () => {
    const multiples = Array.from(drawUniform(base), (value) => value * 2 ** 24);
    expect(multiples.every((multiple) => multiple % 2 === 1 && multiple < 2 ** 24)).toBe(true);
  });

  test("has the moments of a uniform: mean 1/2, mean square 1/3", () => {
    const field = drawUniform(base);
    const mean = field.reduce((sum, u) => sum + u, 0) / entries;
    const square = field.reduce((sum, u) => sum + u * u, 0) / entries;
    // Variances of u and u^2 are 1/12 and 1/5 - 1/9; 5 standard errors.
    expect(Math.abs(mean - 1 / 2)).toBeLessThanOrEqual(5 * Math.sqrt(1 / 12 / entries));
    expect(Math.abs(square - 1 / 3)).toBeLessThanOrEqual(5 * Math.sqrt((1 / 5 - 1 / 9) / entries));
  });

  test.each<[string, Partial<UniformOptions>]>([
    ["steps", { step: 1 }],
    ["sites", { site: "concrete_1" }],
    ["seeds", { seed: 2 }],
    ["timesteps", { timestep: 1 }],
  ])("%s that differ by one are uncorrelated", (_, change) => {
    const first = drawUniform(base);
    const second = drawUniform({ ...base, ...change });
    const covariance =
      first.reduce((sum, u, i) => sum + (u - 0.5) * (second[i] - 0.5), 0) / entries;
    // A product of two independent centred uniforms has variance 1/144; 5 standard errors.
    expect(Math.abs(covariance)).toBeLessThanOrEqual(5 / 12 / Math.sqrt(entries));
  });

  test("a smaller field is a prefix of a larger one", () => {
    const whole = drawUniform({ ...base, shape: [500] });
    fc.assert(
      fc.property(fc.nat(500), (size) => {
        expect(drawUniform({ ...base, shape: [size] })).toEqual(whole.slice(0, size));
      }),
    );
  });

  test("timesteps lie one after another, in whole tiles of 128 entries", () => {
    const sequence = drawUniform({ ...base, shape: [3, 256] });
    for (const timestep of [0, 1, 2]) {
      const field = drawUniform({ ...base, shape: [200], timestep });
      expect(field).toEqual(sequence.slice(timestep * 256, timestep * 256 + 200));
    }
  });

  test("fills and returns the output that it is given, and nothing around it", () => {
    const memory = new Float32Array(132).fill(9);
    const output = memory.subarray(1, 131);
    expect(drawUniform({ ...base, shape: [130] }, output)).toBe(output);
    expect(output).toEqual(drawUniform({ ...base, shape: [130] }));
    expect([memory[0], memory[131]]).toEqual([9, 9]);
  });

  test("an empty shape has one entry, an empty axis none", () => {
    expect(drawUniform({ ...base, shape: [] })).toHaveLength(1);
    expect(drawUniform({ ...base, shape: [0, 3] })).toHaveLength(0);
  });

  test.each(["seed", "step"])("a %s that is no 32-bit integer is a RangeError", (name) => {
    expect(() => drawUniform({ ...base, [name]: -1 })).toThrow(
      new RangeError(`drawUniform: ${name} must be an integer in [0, 2^32), got -1`),
    );
  });

  test("a shape with too many entries is a RangeError", () => {
    expect(() => drawUniform({ ...base, shape: [2 ** 33 - 127] })).toThrow(
      new RangeError(
        "drawUniform: shape must be integers >= 0 with at most 8589934464 entries, got [8589934465]",
      ),
    );
  });

  test("a timestep that is no integer >= 0 is a RangeError", () => {
    expect(() => drawUniform({ ...base, timestep: -1 })).toThrow(
      new RangeError(
        "drawUniform: timestep must be an integer >= 0 with fewer than 2^32 blocks up to its end, got -1",
      ),
    );
  });

  test("an output of another length is a RangeError", () => {
    expect(() => drawUniform({ ...base, shape: [3] }, new Float32Array(2))).toThrow(
      new RangeError("drawUniform: output must have 3 elements, got 2"),
    );
  });
});
