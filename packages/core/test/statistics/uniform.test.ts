import { describe, expect, test } from "vitest";
import { drawUniform } from "../../src/adapter.js";
import { type Origin, origin } from "./draw.js";
import { chiSquareZ, MAX_Z, worst } from "./zScore.js";

const ENTRIES = 2 ** 20;

/** Uniforms in (0, 1). */
type DrawUniform = (origin: Origin, entries: number) => Float32Array;

const core: DrawUniform = (at, entries) => drawUniform({ ...at, shape: [entries] });

/** Chi-square of the values in equal bins, after the leading `skip` bits are shifted out. */
function binsZ(values: Float32Array, { bins, skip = 0 }: { bins: number; skip?: number }): number {
  const counts = new Uint32Array(bins);
  for (const value of values) counts[Math.floor(value * 2 ** skip * bins) % bins] += 1;
  return chiSquareZ(counts);
}

/** Chi-square of the pairs `(u[i], u[i + lag])` that do not overlap, in 32 x 32 bins. */
function pairsZ(values: Float32Array, lag: number): number {
  const counts = new Uint32Array(1024);
  for (let start = 0; start + 2 * lag <= values.length; start += 2 * lag) {
    for (let i = start; i < start + lag; i++) {
      counts[Math.floor(values[i] * 32) * 32 + Math.floor(values[i + lag] * 32)] += 1;
    }
  }
  return chiSquareZ(counts);
}

/** z of the mean (1/2, variance 1/12 an entry) and of the variance ((u - 1/2)^2 has variance 1/180). */
function momentZs(values: Float32Array): [mean: number, variance: number] {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value - 0.5;
    squares += (value - 0.5) ** 2;
  }
  const n = values.length;
  return [sum / Math.sqrt(n / 12), (squares - n / 12) / Math.sqrt(n / 180)];
}

/** z of the sum of (a[i] - 1/2)(b[i + lag] - 1/2): mean 0, variance 1/144 a term, no correlation between terms. */
function serialZ(a: Float32Array, b: Float32Array, lag: number): number {
  const n = a.length - lag;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[i] - 0.5) * (b[i + lag] - 0.5);
  return sum / Math.sqrt(n / 144);
}

const values = core(origin, ENTRIES);

/** 64 lies between the two words of a block, 128 between tiles. */
const lags = [1, 2, 3, 16, 32, 63, 64, 65, 127, 128, 129, 192, 256, 1024, 65536];

const moments = (draw: DrawUniform): number => worst(momentZs(draw(origin, ENTRIES)));

function worstSerialZ(draw: DrawUniform): number {
  const values = draw(origin, ENTRIES);
  return worst(lags.map((lag) => serialZ(values, values, lag)));
}

describe("uniform: values are uniform and independent", () => {
  test.each([16, 256, 4096])("in %d bins", (bins) => {
    expect(Math.abs(binsZ(values, { bins }))).toBeLessThan(MAX_Z);
  });

  test.each([4, 8, 12, 15])("in the 8 bits after the first %d", (skip) => {
    expect(Math.abs(binsZ(values, { bins: 256, skip }))).toBeLessThan(MAX_Z);
  });

  test("in mean and variance", () => {
    expect(moments(core)).toBeLessThan(MAX_Z);
  });

  test("in serial correlation, at each lag", () => {
    expect(worstSerialZ(core)).toBeLessThan(MAX_Z);
  });

  test.each([1, 64, 128, 1024])("in pairs %d apart", (lag) => {
    expect(Math.abs(pairsZ(values, lag))).toBeLessThan(MAX_Z);
  });

  test.each<[string, Partial<Origin>]>([
    ["steps", { step: 1 }],
    ["seeds", { seed: 2 }],
    ["sites", { site: "dense_1/activation" }],
    ["timesteps", { timestep: 1 }],
  ])("across %s", (_, change) => {
    const others = core({ ...origin, ...change }, ENTRIES);
    expect(worst([0, 1, 64, 128].map((lag) => serialZ(values, others, lag)))).toBeLessThan(MAX_Z);
  });
});

describe("uniform: the battery sees", () => {
  test("16 bits of resolution in place of 23", () => {
    const coarse = values.map((u) => (Math.floor(u * 65536) + 0.5) / 65536);
    expect(Math.abs(binsZ(coarse, { bins: 256, skip: 15 }))).toBeGreaterThan(MAX_Z);
  });

  test("values that end at 1 - 2^-8", () => {
    const short: DrawUniform = (at, entries) => core(at, entries).map((u) => u * (1 - 2 ** -8));
    expect(moments(short)).toBeGreaterThan(MAX_Z);
    expect(Math.abs(binsZ(short(origin, ENTRIES), { bins: 256 }))).toBeGreaterThan(MAX_Z);
  });

  test("values that are spread too evenly", () => {
    const golden = values.map((_, i) => (i * 0.6180339887498949) % 1);
    expect(binsZ(golden, { bins: 256 })).toBeLessThan(-MAX_Z);
  });

  test("two words of a block that share their first 6 bits", () => {
    const alike: DrawUniform = (at, entries) =>
      core(at, entries).map((u, i, all) =>
        i & 64 ? (Math.floor(all[i - 64] * 64) + ((u * 64) % 1)) / 64 : u,
      );
    expect(worstSerialZ(alike)).toBeGreaterThan(MAX_Z);
    expect(Math.abs(pairsZ(alike(origin, ENTRIES), 64))).toBeGreaterThan(MAX_Z);
  });
});
