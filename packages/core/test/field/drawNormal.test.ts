import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawNormal, drawUniform, type NormalOptions } from "../../src/adapter.js";
import { boxMuller } from "../../src/field/boxMuller.js";

const base: NormalOptions = { seed: 1, site: "gaussian", step: 0, shape: [1000, 100] };
const entries = 100_000;

/** Box-Muller with Math's functions, in float64: within 2^-46, six roundings of angles up to 2 pi times r. */
function reference(word0: number, word1: number): readonly [cosine: number, sine: number] {
  const u = ((word0 >>> 9) + 0.5) * 2 ** -23;
  const r = Math.sqrt(-2 * Math.log(u));
  const a = 2 * Math.PI * ((word1 >>> 9) + 0.5) * 2 ** -23;
  return [r * Math.cos(a), r * Math.sin(a)];
}

/** Half a step of float32, the polynomials' error, and the reference's. */
const bound = (z: number): number => (2 ** -24 + 2 ** -36) * Math.abs(z) + 2 ** -46;

/** Checks each normal, and returns the share that is the nearest float32. */
function expectClose(words0: Uint32Array, words1: Uint32Array): number {
  const cosines = new Float32Array(words0.length);
  const sines = new Float32Array(words0.length);
  boxMuller(words0, words1, cosines, sines);
  let worst = 0;
  let nearest = 0;
  words0.forEach((word, i) => {
    const [cosine, sine] = reference(word, words1[i]);
    if (cosines[i] === Math.fround(cosine)) nearest++;
    if (sines[i] === Math.fround(sine)) nearest++;
    worst = Math.max(worst, Math.abs(cosines[i] - cosine) / bound(cosine));
    worst = Math.max(worst, Math.abs(sines[i] - sine) / bound(sine));
  });
  expect(worst).toBeLessThanOrEqual(1);
  return nearest / (2 * words0.length);
}

describe("boxMuller: is within (2^-24 + 2^-36) |z| of the formula", () => {
  test("over words from end to end", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1))), (pairs) => {
        expectClose(
          Uint32Array.from(pairs, ([word]) => word),
          Uint32Array.from(pairs, ([, word]) => word),
        );
      }),
    );
  });

  test("over a grid of 300,000 radii and angles that meets every octave and quadrant", () => {
    const grid = Uint32Array.from({ length: 300_000 }, (_, i) => i * 14316);
    const nearest = expectClose(grid, grid.slice().reverse());
    // Neighbours are at least 2^-24 |z| apart: an error of 2^-36 |z| either way crosses a tie once in 2^11.
    expect(1 - nearest).toBeLessThanOrEqual(2 ** -11);
  });

  test("at both ends of u, around each power of 2 and of sqrt(1/2), and around each eighth of a turn", () => {
    const near: number[] = [];
    for (let octave = 0; octave <= 24; octave++) {
      for (const centre of [2 ** (32 - octave), 2 ** (32 - octave) * Math.SQRT1_2]) {
        for (const offset of [-1024, -512, 0, 512, 1024]) near.push(centre + offset);
      }
    }
    const radii = near.filter((word) => word >= 0 && word < 2 ** 32);
    const angles: number[] = [];
    for (let eighth = 0; eighth <= 8; eighth++) {
      for (const offset of [-1024, -512, 0, 512, 1024]) angles.push(eighth * 2 ** 29 + offset);
    }
    const turns = angles.filter((word) => word >= 0 && word < 2 ** 32);
    const pairs = radii.flatMap((radius) => turns.map((turn) => [radius, turn]));
    expectClose(
      Uint32Array.from(pairs, ([radius]) => radius),
      Uint32Array.from(pairs, ([, turn]) => turn),
    );
  });

  test("none is beyond 5.77", () => {
    const cosines = new Float32Array(1);
    boxMuller(Uint32Array.of(0), Uint32Array.of(0), cosines, new Float32Array(1));
    expect(cosines[0]).toBeLessThan(5.77);
    expect(cosines[0]).toBeGreaterThan(5.76);
  });
});

describe("drawNormal", () => {
  test("has the moments of a standard normal: 0, 1, 0, 3", () => {
    const field = drawNormal(base);
    // Variance of z^k is E z^2k - (E z^k)^2, with E z^4 = 3, E z^6 = 15, E z^8 = 105; 5 standard errors.
    for (const [power, moment, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]) {
      const mean = field.reduce((sum, z) => sum + z ** power, 0) / entries;
      expect(Math.abs(mean - moment)).toBeLessThanOrEqual(5 * Math.sqrt(variance / entries));
    }
  });

  test("its distribution function is the normal's", () => {
    const sorted = drawNormal(base).sort();
    /** By the midpoint rule from 0, error below 1e-8. */
    const cdf = (z: number): number => {
      const count = 1000;
      let area = 0;
      for (let i = 0; i < count; i++) area += Math.exp(-((((i + 0.5) * z) / count) ** 2) / 2);
      return 0.5 + (area * z) / count / Math.sqrt(2 * Math.PI);
    };
    let distance = 0;
    for (let i = 0; i < entries; i += 100) {
      distance = Math.max(distance, Math.abs(cdf(sorted[i]) - i / entries));
    }
    // Kolmogorov: beyond 2.5 / sqrt(n) with probability 2 exp(-12.5) = 7e-6; the fields are fixed anyway.
    expect(distance).toBeLessThanOrEqual(2.5 / Math.sqrt(entries) + 1e-5);
  });

  test.each<[string, Partial<NormalOptions>]>([
    ["steps", { step: 1 }],
    ["sites", { site: "gaussian_1" }],
    ["seeds", { seed: 2 }],
    ["timesteps", { timestep: 1 }],
  ])("%s that differ by one are uncorrelated", (_, change) => {
    const first = drawNormal(base);
    const second = drawNormal({ ...base, ...change });
    const covariance = first.reduce((sum, z, i) => sum + z * second[i], 0) / entries;
    // A product of two independent standard normals has variance 1; 5 standard errors.
    expect(Math.abs(covariance)).toBeLessThanOrEqual(5 / Math.sqrt(entries));
  });

  test("the two normals of a pair are uncorrelated, and so are their squares", () => {
    const field = drawNormal(base);
    let [product, squares, pairs] = [0, 0, 0];
    for (let i = 0; i + 64 < entries; i += (i & 63) === 63 ? 65 : 1) {
      product += field[i] * field[i + 64];
      squares += (field[i] ** 2 - 1) * (field[i + 64] ** 2 - 1);
      pairs++;
    }
    // Products of independent variables of variance 1, and of variance 2; 5 standard errors.
    expect(Math.abs(product / pairs)).toBeLessThanOrEqual(5 / Math.sqrt(pairs));
    expect(Math.abs(squares / pairs)).toBeLessThanOrEqual((5 * 2) / Math.sqrt(pairs));
  });

  test("reads the words of the uniforms at the same place", () => {
    const uniforms = drawUniform({ ...base, shape: [128] });
    const normals = drawNormal({ ...base, shape: [128] });
    for (let i = 0; i < 64; i++) {
      // r^2 = z0^2 + z1^2 = -2 ln u: relative error of the squares 2^-23 each, of u's logarithm less.
      const square = normals[i] ** 2 + normals[i + 64] ** 2;
      expect(Math.abs(square / (-2 * Math.log(uniforms[i])) - 1)).toBeLessThanOrEqual(2 ** -22);
    }
  });

  test("a smaller field is a prefix of a larger one", () => {
    const whole = drawNormal({ ...base, shape: [500] });
    fc.assert(
      fc.property(fc.nat(500), (size) => {
        expect(drawNormal({ ...base, shape: [size] })).toEqual(whole.slice(0, size));
      }),
    );
  });

  test("timesteps lie one after another, in whole tiles of 128 entries", () => {
    const sequence = drawNormal({ ...base, shape: [3, 256] });
    for (const timestep of [0, 1, 2]) {
      const field = drawNormal({ ...base, shape: [200], timestep });
      expect(field).toEqual(sequence.slice(timestep * 256, timestep * 256 + 200));
    }
  });

  test("fills and returns the output that it is given, and nothing around it", () => {
    const memory = new Float32Array(132).fill(9);
    const output = memory.subarray(1, 131);
    expect(drawNormal({ ...base, shape: [130] }, output)).toBe(output);
    expect(output).toEqual(drawNormal({ ...base, shape: [130] }));
    expect([memory[0], memory[131]]).toEqual([9, 9]);
  });

  test("an empty shape has one entry, an empty axis none", () => {
    expect(drawNormal({ ...base, shape: [] })).toHaveLength(1);
    expect(drawNormal({ ...base, shape: [0, 3] })).toHaveLength(0);
  });

  test.each(["seed", "step"])("a %s that is no 32-bit integer is a RangeError", (name) => {
    expect(() => drawNormal({ ...base, [name]: -1 })).toThrow(
      new RangeError(`drawNormal: ${name} must be an integer in [0, 2^32), got -1`),
    );
  });

  test("a shape with too many entries is a RangeError", () => {
    expect(() => drawNormal({ ...base, shape: [2 ** 33 - 127] })).toThrow(
      new RangeError(
        "drawNormal: shape must be integers >= 0 with at most 8589934464 entries, got [8589934465]",
      ),
    );
  });

  test("a timestep that is no integer >= 0 is a RangeError", () => {
    expect(() => drawNormal({ ...base, timestep: 0.5 })).toThrow(
      new RangeError(
        "drawNormal: timestep must be an integer >= 0 with fewer than 2^32 blocks up to its end, got 0.5",
      ),
    );
  });

  test("an output of another length is a RangeError", () => {
    expect(() => drawNormal({ ...base, shape: [3] }, new Float32Array(2))).toThrow(
      new RangeError("drawNormal: output must have 3 elements, got 2"),
    );
  });
});
