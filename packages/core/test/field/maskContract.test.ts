import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  drawField,
  drawNormal,
  drawUniform,
  dropThreshold,
  fieldShape,
  maskContractVersion,
  rateScalars,
  siteHash,
} from "../../src/adapter.js";
import { derive, drawMask } from "../../src/index.js";
import { floatBits, hashOf, hex, readVectors, title } from "./maskVectors.js";

const path = new URL("../../../../docs/mask-contract.md", import.meta.url);
const vectors = readVectors(readFileSync(path, "utf8"));

test("maskContractVersion: is the document's", () => {
  expect(maskContractVersion).toBe(vectors.version);
});

describe("mask contract: the code agrees with the document's vectors", () => {
  test.each(vectors.sites)("site $name", ({ name, hash }) => {
    expect(hex(siteHash(name))).toBe(hash);
  });

  test.each(vectors.derived)("derived seed $seed, $label", ({ seed, label, value }) => {
    expect(derive(seed, label)).toBe(value);
  });

  test.each(vectors.rates)("rate $rate", ({ rate, threshold, gain }) => {
    expect(dropThreshold(rate)).toBe(threshold);
    expect(floatBits(rateScalars(rate).gain)).toBe(gain);
  });

  test.each(vectors.shapes)("shape of $field over $target", ({ field, target, batch, shape }) => {
    expect(fieldShape("fieldShape", { draw: "bernoulli", ...field }, target, batch)).toEqual(shape);
  });

  test.each(vectors.bernoulli.map((row) => [title(row), row.threshold, row] as const))(
    "bernoulli %s, T %d",
    (_, threshold, { first, kept, hash, ...draw }) => {
      const mask = drawMask({ ...draw, rate: threshold / 65536 });
      expect(mask.subarray(0, 32).join("")).toBe(first);
      expect(mask.reduce((sum, bit) => sum + bit, 0)).toBe(kept);
      expect(hashOf(mask)).toBe(hash);
    },
  );

  test.each(vectors.uniform.map((row) => [title(row), row] as const))(
    "uniform %s",
    (_, { first, hash, ...draw }) => {
      const field = drawUniform(draw);
      expect(Array.from(field.subarray(0, first.length), floatBits)).toEqual(first);
      expect(hashOf(field)).toBe(hash);
    },
  );

  test.each(vectors.normal.map((row) => [title(row), row] as const))(
    "normal %s",
    (_, { uniforms, entries, ...draw }) => {
      expect(hashOf(drawUniform(draw))).toBe(uniforms);
      const field = drawNormal(draw);
      for (const [index, value] of Object.entries(entries)) {
        // Core's own error, and the vector's 9 decimals.
        const bound = (2 ** -24 + 2 ** -36) * Math.abs(value) + 0.5e-9;
        expect(Math.abs(field[Number(index)] - value)).toBeLessThanOrEqual(bound);
      }
    },
  );

  test.each(vectors.grown.map((row) => [title(row), row.size, row.rate, row] as const))(
    "grown %s, size %d, rate %d",
    (_, size, rate, { first, kept, hash, gain, axes, shape, ...draw }) => {
      const field = { draw: "bernoulli", rate, grow: { size, axes } } as const;
      const grown = drawField(field, { ...draw, target: shape });
      expect(grown.shape).toEqual(shape);
      expect(grown.data.subarray(0, 32).join("")).toBe(first);
      expect(grown.data.filter((bit) => bit === 1)).toHaveLength(kept);
      expect(hashOf(grown.data)).toBe(hash);
      expect(floatBits(grown.gain ?? Number.NaN)).toBe(gain);
    },
  );
});
