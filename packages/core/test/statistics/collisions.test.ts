import { describe, expect, test } from "vitest";
import { siteHash } from "../../src/index.js";
import { worstPairZ } from "./correlation.js";
import { coreDraw, type Draw, HALF, type Origin } from "./draw.js";
import { weakDraw } from "./weakDraw.js";
import { MAX_Z } from "./zScore.js";

const ENTRIES = 2 ** 18;
const seed = 1234;
const step = 77;
const site = "encoder/dense_1/activation";
const other = "decoder/dense_2/activation";
const hash = siteHash(site);
const otherHash = siteHash(other);

/** Fields that are one and the same where seed, site and step meet in a sum or an exclusive or. */
const twins: Record<string, [Origin, Origin]> = {
  "(seed, step) and (seed + 1, step - 1)": [
    { seed, site, step },
    { seed: seed + 1, site, step: step - 1 },
  ],
  "(seed, step) and (step, seed)": [
    { seed, site, step },
    { seed: step, site, step: seed },
  ],
  "(seed, step) and (seed ^ step, 0)": [
    { seed, site, step },
    { seed: seed ^ step, site, step: 0 },
  ],
  "(seed, step) and both with one bit turned": [
    { seed, site, step },
    { seed: seed ^ 1, site, step: step ^ 1 },
  ],
  "(seed, site) and (seed + hash - other hash, other)": [
    { seed, site, step },
    { seed: (seed + hash - otherHash) >>> 0, site: other, step },
  ],
  "(seed, site) and (seed ^ hash ^ other hash, other)": [
    { seed, site, step },
    { seed: (seed ^ hash ^ otherHash) >>> 0, site: other, step },
  ],
  "(site, step) and (other, step + hash - other hash)": [
    { seed, site, step },
    { seed, site: other, step: (step + hash - otherHash) >>> 0 },
  ],
  "(site, step) and (other, step ^ hash ^ other hash)": [
    { seed, site, step },
    { seed, site: other, step: (step ^ hash ^ otherHash) >>> 0 },
  ],
  "seed and hash exchanged": [
    { seed: otherHash, site, step },
    { seed: hash, site: other, step },
  ],
};

/** The first origin's field against the second's; equal fields give z = -sqrt(entries) = -512. */
const twinZ = (draw: Draw, name: string): number =>
  worstPairZ(twins[name].map((at) => draw(at, HALF, ENTRIES)));

/** A run of 53 bits as one exact number. */
const WINDOW = 53;

/**
 * How often one of 64 fields of a grid of seeds, sites and steps starts with 53 decisions that stand
 * elsewhere, at any block: fields that are one long sequence cut at different places. The decisions
 * of each block's first draw, in the order of blocks. Of 64 x 2^18 comparisons with independent
 * bits one or more agree with a probability below 2^-29.
 */
function sharedRuns(draw: Draw): number {
  const streams = Array.from({ length: 64 }, (_, i) => {
    const at = { seed: i >> 4, site: `dense_${(i >> 2) & 3}`, step: i & 3 };
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

describe("collisions: two fields are different and not correlated:", () => {
  test.each(Object.keys(twins))("%s", (name) => {
    expect(twinZ(coreDraw, name)).toBeLessThan(MAX_Z);
  });

  test("no field is a later piece of another", () => {
    expect(sharedRuns(coreDraw)).toBe(0);
  });
});

describe("collisions: the battery sees", () => {
  const counter = (_: Origin, block: number) => [block, 0] as const;

  test.each<[string, Draw, readonly number[]]>([
    [
      "key = seed + step",
      weakDraw({ key: ({ seed, step }) => [(seed + step) | 0, 0], counter }),
      [0, 1],
    ],
    [
      "key = seed xor step",
      weakDraw({ key: ({ seed, step }) => [seed ^ step, 0], counter }),
      [1, 2, 3],
    ],
    [
      "key = seed + hash",
      weakDraw({ key: (at) => [(at.seed + siteHash(at.site)) | 0, 0] }),
      [4, 8],
    ],
    ["key = seed xor hash", weakDraw({ key: (at) => [at.seed ^ siteHash(at.site), 0] }), [5, 8]],
    [
      "counter = step + hash",
      weakDraw({
        key: ({ seed }) => [seed, 0],
        counter: (at, block) => [block, (at.step + siteHash(at.site)) | 0],
      }),
      [6],
    ],
    [
      "counter = step xor hash",
      weakDraw({
        key: ({ seed }) => [seed, 0],
        counter: (at, block) => [block, at.step ^ siteHash(at.site)],
      }),
      [7],
    ],
  ])("%s", (_, draw, caught) => {
    const names = Object.keys(twins);
    for (const i of caught) expect(twinZ(draw, names[i])).toBeGreaterThan(MAX_Z);
  });

  test("a step that is added to the block", () => {
    const sliding = weakDraw({ counter: ({ step }, block) => [block + 100 * step, 0] });
    expect(sharedRuns(sliding)).toBeGreaterThan(0);
  });
});
