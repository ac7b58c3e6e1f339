import { describe, expect, test } from "vitest";
import { type Part, type Place, partSite, siteHash } from "../../src/adapter.js";
import { derive } from "../../src/index.js";
import { correlationZs, worstPairZ } from "./correlation.js";
import { coreDraw, countKept, type Draw, HALF, type Origin, origin } from "./draw.js";
import { weakDraw } from "./weakDraw.js";
import { binomialZ, chiSquareZ, MAX_Z, worst } from "./zScore.js";

const STREAMS = 64;
const ENTRIES = 2 ** 16;

const indices = Array.from({ length: STREAMS }, (_, i) => i);
const bits = Array.from({ length: 32 }, (_, i) => 2 ** i);
const places: Place[] = [
  ...(["activation", "input", "output", "kernel", "recurrentKernel"] as const),
  ...(["bias", "linear", "state", "nextState", "nextCell"] as const),
];
const field: Part["field"] = { draw: "bernoulli" };
const parts: Part[] = places.flatMap((at) =>
  [undefined, 0, 1, 2, 3].map((gate) => ({ at, gate, field, train: "x", infer: "x" })),
);

/** Origins that differ in one way, or in two that could cancel. */
const families: Record<string, Origin[]> = {
  "consecutive steps": indices.map((step) => ({ ...origin, step })),
  "steps one bit apart": [0, ...bits].map((step) => ({ ...origin, step })),
  "last steps": indices.map((i) => ({ ...origin, step: 2 ** 32 - 1 - i })),
  "consecutive seeds": indices.map((seed) => ({ ...origin, seed })),
  "seeds one bit apart": [0, ...bits].map((seed) => ({ ...origin, seed })),
  "numbered sites": indices.map((i) => ({ ...origin, site: `dense_${i}/activation` })),
  "places and gates of one site": parts.map((part) => ({
    ...origin,
    site: partSite("lstm", part),
  })),
  "applications of one site": indices.map((i) => ({ ...origin, site: `dense@${i}/activation` })),
  timesteps: indices.map((timestep) => ({ ...origin, timestep })),
  "seed and step on a grid": indices.map((i) => ({ ...origin, seed: i >> 3, step: i & 7 })),
  "site and step on a grid": indices.map((i) => ({
    ...origin,
    site: `dense_${i >> 3}`,
    step: i & 7,
  })),
  "seed and site on a grid": indices.map((i) => ({
    ...origin,
    seed: i >> 3,
    site: `dense_${i & 7}`,
  })),
  "derived seeds, by label": indices.map((i) => ({ ...origin, seed: derive(7, `worker/${i}`) })),
  "derived seeds, by seed": indices.map((i) => ({ ...origin, seed: derive(i, "worker/0") })),
  "a seed and what is derived from it, again and again": chain(7),
};

function chain(start: number): Origin[] {
  const seeds = [start];
  while (seeds.length < STREAMS) seeds.push(derive(seeds[seeds.length - 1], "worker/0"));
  return seeds.map((seed) => ({ ...origin, seed }));
}

/**
 * The largest |z| of the rate of each field, of all of them together, and of the correlation of any
 * two, entry by entry.
 */
function worstStreamZ(draw: Draw, origins: readonly Origin[]): number {
  const fields = origins.map((at) => draw(at, HALF, ENTRIES));
  const kept = fields.map(countKept);
  const total = kept.reduce((sum, count) => sum + count, 0);
  return worst([
    ...kept.map((count) => binomialZ(count, ENTRIES, 0.5)),
    binomialZ(total, origins.length * ENTRIES, 0.5),
    worstPairZ(fields),
  ]);
}

describe("streams: any two fields are independent of", () => {
  test.each(Object.keys(families))("%s", (name) => {
    expect(worstStreamZ(coreDraw, families[name])).toBeLessThan(MAX_Z);
  });
});

/** Between two fields at distances where tiles and draws meet; at small rates the low bits of draws decide. */
function worstNeighbourZ(draw: Draw, change: Partial<Origin>, threshold: number): number {
  const [a, b] = [origin, { ...origin, ...change }].map((at) => draw(at, threshold, 2 ** 19));
  const keep = 1 - threshold / 65536;
  return worst(correlationZs(a, b, { keep, lags: [0, 1, 63, 64, 65, 128, 256] }));
}

describe("streams: also at other rates and distances, independent are the next", () => {
  test.each<[string, Partial<Origin>]>([
    ["step", { step: 1 }],
    ["seed", { seed: 2 }],
    ["site", { site: "dense_1/activation" }],
    ["timestep", { timestep: 1 }],
  ])("%s", (_, change) => {
    for (const threshold of [3277, 58982]) {
      expect(worstNeighbourZ(coreDraw, change, threshold)).toBeLessThan(MAX_Z);
    }
  });
});

/** Chi-square of each byte of words, and of each byte of the differences between consecutive ones. */
function worstByteZ(words: readonly number[]): number {
  const differences = words.slice(1).map((word, i) => word - words[i]);
  return worst(
    [words, differences].flatMap((list) =>
      [0, 8, 16, 24].map((shift) => {
        const counts = new Uint32Array(256);
        for (const word of list) counts[(word >>> shift) & 255] += 1;
        return chiSquareZ(counts);
      }),
    ),
  );
}

describe("streams: derived seeds are uniform words", () => {
  const many = Array.from({ length: 2 ** 15 }, (_, i) => i);

  test("by seed, and by label", () => {
    expect(worstByteZ(many.map((seed) => derive(seed, "worker/0")))).toBeLessThan(MAX_Z);
    expect(worstByteZ(many.map((i) => derive(7, `worker/${i}`)))).toBeLessThan(MAX_Z);
  });

  test("the law sees a hash that is added to the seed", () => {
    const hash = siteHash("worker/0");
    expect(worstByteZ(many.map((seed) => (seed + hash) >>> 0))).toBeGreaterThan(MAX_Z);
    expect(worstByteZ(many.map((i) => siteHash(`worker/${i}`)))).toBeGreaterThan(MAX_Z);
  });
});

describe("streams: the battery sees", () => {
  test("a seed to which the step is added", () => {
    const sum = weakDraw({
      key: ({ seed, step }) => [seed + step, 0],
      counter: (_, block) => [block, 0],
    });
    expect(worstStreamZ(sum, families["seed and step on a grid"])).toBeGreaterThan(MAX_Z);
  });

  test("a site that is hashed without its gate", () => {
    const gateless: Draw = (at, ...rest) =>
      coreDraw({ ...at, site: at.site.replace(/\/\d$/, "") }, ...rest);
    expect(worstStreamZ(gateless, families["places and gates of one site"])).toBeGreaterThan(MAX_Z);
  });

  test.each([4, 6, 8])("Threefry with %d rounds, in seeds one bit apart", (rounds) => {
    const origins = families["seeds one bit apart"];
    expect(worstStreamZ(weakDraw({ rounds }), origins)).toBeGreaterThan(MAX_Z);
  });
});
