import fc from "fast-check";
import { expect, test } from "vitest";
import { type Part, partSite, siteHash } from "../../src/adapter.js";

/** From the test suite of Fowler, Noll and Vo's reference code (32-bit FNV-1a). */
test.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["b", 0xe70c2de5],
  ["foo", 0xa9f37ed7],
  ["foobar", 0xbf9cf968],
])('siteHash: known answer "%s"', (name, hash) => {
  expect(siteHash(name)).toBe(hash);
});

test("siteHash: is a 32-bit integer, over UTF-8", () => {
  const units = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(units, (name) => {
      let hash = 0x811c9dc5n;
      for (const byte of Buffer.from(name, "utf8")) {
        hash = ((hash ^ BigInt(byte)) * 0x01000193n) % 2n ** 32n;
      }
      expect(siteHash(name)).toBe(Number(hash));
    }),
  );
});

test("partSite: the place, and the gate where there is one, gate 0 too", () => {
  const part: Part = { at: "input", field: { draw: "bernoulli" }, train: "x", infer: "x" };
  expect(partSite("lstm", part)).toBe("lstm/input");
  expect(partSite("lstm", { ...part, gate: 0 })).toBe("lstm/input/0");
  expect(partSite("lstm", { ...part, at: "state", gate: 3 })).toBe("lstm/state/3");
});
