import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type Axes,
  derive,
  drawField,
  drawMask,
  drawNormal,
  drawUniform,
  dropThreshold,
  type Field,
  fieldShape,
  maskContractVersion,
  rateScalars,
  siteHash,
} from "../src/index.js";

interface Draw {
  readonly seed: number;
  readonly site: string;
  readonly step: number;
  readonly timestep?: number;
  readonly shape: readonly number[];
}

interface Vectors {
  readonly version: number;
  readonly sites: readonly { name: string; hash: string }[];
  readonly derived: readonly { seed: number; label: string; value: number }[];
  readonly rates: readonly { rate: number; threshold: number; gain: string }[];
  readonly shapes: readonly {
    field: Omit<Field, "draw">;
    target: readonly number[];
    batch?: number;
    shape: readonly number[];
  }[];
  readonly bernoulli: readonly (Draw & {
    threshold: number;
    first: string;
    kept: number;
    hash: string;
  })[];
  readonly uniform: readonly (Draw & { first: readonly string[]; hash: string })[];
  readonly normal: readonly (Draw & {
    uniforms: string;
    entries: Readonly<Record<string, number>>;
  })[];
  readonly grown: readonly (Draw & {
    rate: number;
    size: number;
    axes: Axes;
    first: string;
    kept: number;
    gain: string;
    hash: string;
  })[];
}

const document = readFileSync(new URL("../../../docs/mask-contract.md", import.meta.url), "utf8");
const vectors: Vectors = JSON.parse(document.split("```json\n")[1].split("```")[0]);

const hex = (word: number): string => word.toString(16).padStart(8, "0");
const title = ({ seed, site, step, timestep, shape }: Draw): string =>
  `seed ${seed}, site "${site}", step ${step}${timestep === undefined ? "" : `, timestep ${timestep}`}, [${shape}]`;

/** FNV-1a of raw bytes; `siteHash` takes text. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

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
    expect(hex(new Uint32Array(Float32Array.of(rateScalars(rate).gain).buffer)[0])).toBe(gain);
  });

  test.each(vectors.shapes)("shape of $field over $target", ({ field, target, batch, shape }) => {
    expect(fieldShape({ draw: "bernoulli", ...field }, target, batch)).toEqual(shape);
  });

  test.each(vectors.bernoulli.map((row) => [title(row), row.threshold, row] as const))(
    "bernoulli %s, T %d",
    (_, threshold, { first, kept, hash, ...draw }) => {
      const mask = drawMask({ ...draw, rate: threshold / 65536 });
      expect(mask.subarray(0, 32).join("")).toBe(first);
      expect(mask.reduce((sum, bit) => sum + bit, 0)).toBe(kept);
      expect(hex(fnv1a(mask))).toBe(hash);
    },
  );

  test.each(vectors.uniform.map((row) => [title(row), row] as const))(
    "uniform %s",
    (_, { first, hash, ...draw }) => {
      const field = drawUniform(draw);
      expect(Array.from(new Uint32Array(field.buffer, 0, first.length), hex)).toEqual(first);
      expect(hex(fnv1a(new Uint8Array(field.buffer)))).toBe(hash);
    },
  );

  test.each(vectors.normal.map((row) => [title(row), row] as const))(
    "normal %s",
    (_, { uniforms, entries, ...draw }) => {
      expect(hex(fnv1a(new Uint8Array(drawUniform(draw).buffer)))).toBe(uniforms);
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
      expect(hex(fnv1a(Uint8Array.from(grown.data)))).toBe(hash);
      expect(hex(new Uint32Array(Float32Array.of(grown.gain ?? Number.NaN).buffer)[0])).toBe(gain);
    },
  );
});
