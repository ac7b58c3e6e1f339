import fc from "fast-check";
import { expect, test } from "vitest";
import { drawNormal, drawUniform, siteHash } from "../../src/adapter.js";
import { derive, drawMask } from "../../src/index.js";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test("derive: a seed again, the same for the same seed and label", () => {
  fc.assert(
    fc.property(seeds, fc.string(), (seed, label) => {
      const derived = derive(seed, label);
      expect(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 32).toBe(true);
      expect(derive(seed, label)).toBe(derived);
    }),
  );
});

test("derive: 1000 workers of 10 seeds get distinct seeds", () => {
  const derived = new Set<number>();
  for (let seed = 0; seed < 10; seed++) {
    for (let worker = 0; worker < 1000; worker++) derived.add(derive(seed, `worker/${worker}`));
  }
  // Of 10,000 words, a pair is equal with probability 10^8 / 2^33 = 0.012; these are not.
  expect(derived.size).toBe(10_000);
});

test.each([-1, 0.5, 2 ** 32, Number.NaN])("derive: seed %d is a RangeError", (seed) => {
  expect(() => derive(seed, "worker")).toThrow(
    new RangeError(`derive: seed must be an integer in [0, 2^32), got ${seed}`),
  );
});

test.each(["\ud800", "a\udc00", "\udc00\ud800"])(
  "what UTF-8 has no bytes for is no site and no label: %j",
  (name) => {
    const got = `must have its surrogates in pairs, got ${JSON.stringify(name)}`;
    const key = { seed: 1, site: name, step: 0 };
    expect(() => derive(1, name)).toThrow(new RangeError(`derive: label ${got}`));
    expect(() => drawMask({ ...key, shape: [2], rate: 0.5 })).toThrow(
      new RangeError(`drawMask: site ${got}`),
    );
    expect(() => drawNormal({ ...key, shape: [2] })).toThrow(`drawNormal: site ${got}`);
    expect(() => drawUniform({ ...key, shape: [2] })).toThrow(`drawUniform: site ${got}`);
    expect(() => siteHash(name)).toThrow(new RangeError(`siteHash: name ${got}`));
  },
);

test("a pair of surrogates is a site", () => {
  expect(siteHash("\u{1f600}")).not.toBe(siteHash("\ufffd"));
});
