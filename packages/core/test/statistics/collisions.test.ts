import { describe, expect, test } from "vitest";
import { siteHash } from "../../src/adapter.js";
import { worstPairZ } from "./correlation.js";
import { coreDraw, type Draw, HALF, type Origin } from "./draw.js";
import { weakDraw } from "./weakDraw.js";
import { MAX_Z } from "./zScore.js";

const ENTRIES = 2 ** 16;
const seed = 1234;
const step = 77;
const site = "encoder/dense_1/activation";
const other = "decoder/dense_2/activation";
const hash = siteHash(site);
const otherHash = siteHash(other);

const hashes: Readonly<Record<string, number>> = { [site]: hash, [other]: otherHash };

/** Pairs that are one field wherever seed, site and step meet in a sum or an exclusive or. */
const twins: Record<string, [Origin, Origin]> = {
  "equal sum of seed and step": [
    { seed, site, step },
    { seed: seed + 1, site, step: step - 1 },
  ],
  "seed and step exchanged": [
    { seed, site, step },
    { seed: step, site, step: seed },
  ],
  "equal xor of seed and step": [
    { seed, site, step },
    { seed: seed ^ step, site, step: 0 },
  ],
  "equal sum of seed and hash": [
    { seed, site, step },
    { seed: (seed + hash - otherHash) >>> 0, site: other, step },
  ],
  "equal xor of seed and hash": [
    { seed, site, step },
    { seed: (seed ^ hash ^ otherHash) >>> 0, site: other, step },
  ],
  "seed and hash exchanged": [
    { seed: otherHash, site, step },
    { seed: hash, site: other, step },
  ],
  "equal sum of step and hash": [
    { seed, site, step },
    { seed, site: other, step: (step + hash - otherHash) >>> 0 },
  ],
  "equal xor of step and hash": [
    { seed, site, step },
    { seed, site: other, step: (step ^ hash ^ otherHash) >>> 0 },
  ],
};

/** |z| of the agreement of a pair; equal fields give sqrt(entries) = 256. */
const twinZ = (draw: Draw, name: string): number =>
  worstPairZ(twins[name].map((at) => draw(at, HALF, ENTRIES)));

/** A run of 53 bits as one exact number. */
const WINDOW = 53;

/**
 * How often one of 64 fields of a grid of seeds, sites, steps and timesteps starts with 53 decisions that stand
 * elsewhere, at any block: fields that are one long sequence cut at different places. The decisions
 * of each block's first draw, in the order of blocks. Of 64 x 2^18 comparisons with independent
 * bits one or more agree with a probability below 2^-29.
 */
function sharedRuns(draw: Draw): number {
  const streams = Array.from({ length: 64 }, (_, i) => {
    const at = { seed: i >> 5, site: `dense_${(i >> 4) & 1}`, step: (i >> 2) & 3, timestep: i & 3 };
    const field = draw(at, HALF, 4 * 4096);
    return field.filter((_, entry) => ((entry >> 6) & 3) === 0);
  });
  const starts = new Set(streams.map((bits) => [...windows(bits.subarray(0, WINDOW))][0]));
  let found = 64 - starts.size;
  for (const bits of streams) {
    for (const run of windows(bits.subarray(1))) if (starts.has(run)) found += 1;
  }
  return found;
}

function* windows(bits: Uint8Array): Generator<number> {
  let run = 0;
  for (let i = 0; i < bits.length; i++) {
    run = (run % 2 ** (WINDOW - 1)) * 2 + bits[i];
    if (i >= WINDOW - 1) yield run;
  }
}

describe("collisions: different and uncorrelated are two fields with", () => {
  test.each(Object.keys(twins))("%s", (name) => {
    expect(twinZ(coreDraw, name)).toBeLessThan(MAX_Z);
  });

  test("no field is a later piece of another", () => {
    expect(sharedRuns(coreDraw)).toBe(0);
  });
});

describe("collisions: the battery sees", () => {
  const onlyBlock = (_: Origin, block: number) => [block, 0] as const;
  const bySeed = ({ seed }: Origin) => [seed, 0] as const;

  test.each<[string, Draw]>([
    [
      "equal sum of seed and step",
      weakDraw({ key: (at) => [at.seed + at.step, 0], counter: onlyBlock }),
    ],
    [
      "seed and step exchanged",
      weakDraw({ key: (at) => [at.seed * at.step, 0], counter: onlyBlock }),
    ],
    [
      "equal xor of seed and step",
      weakDraw({ key: (at) => [at.seed ^ at.step, 0], counter: onlyBlock }),
    ],
    ["equal sum of seed and hash", weakDraw({ key: (at) => [(at.seed + hashes[at.site]) | 0, 0] })],
    ["equal xor of seed and hash", weakDraw({ key: (at) => [at.seed ^ hashes[at.site], 0] })],
    [
      "seed and hash exchanged",
      weakDraw({ key: (at) => [Math.imul(at.seed, hashes[at.site]), 0] }),
    ],
    [
      "equal sum of step and hash",
      weakDraw({
        key: bySeed,
        counter: (at, block) => [block, (at.step + hashes[at.site]) | 0],
      }),
    ],
    [
      "equal xor of step and hash",
      weakDraw({ key: bySeed, counter: (at, block) => [block, at.step ^ hashes[at.site]] }),
    ],
  ])("%s, in a generator that takes nothing else", (name, draw) => {
    expect(twinZ(draw, name)).toBeGreaterThan(MAX_Z);
  });

  test("a step that is added to the block", () => {
    const sliding = weakDraw({
      counter: ({ step, timestep = 0 }, block) => [block + 100 * step + 4096 * timestep, 0],
    });
    expect(sharedRuns(sliding)).toBeGreaterThan(0);
  });

  test("timesteps that overlap", () => {
    const overlapping = weakDraw({
      counter: ({ step, timestep = 0 }, block) => [block + 64 * timestep, step],
    });
    expect(sharedRuns(overlapping)).toBeGreaterThan(0);
  });
});
