import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makeVariant, type VariantEntry, variantTable } from "../../src/adapter.js";
import * as core from "../../src/index.js";
import { variantsAt } from "../seam/variants.js";

const read = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

/** Options that a factory needs, at a rate. */
const optionsAt = ({ rates, options }: VariantEntry, rate: number): Record<string, unknown> => ({
  ...Object.fromEntries(rates.map((name) => [name, rate])),
  ...Object.fromEntries(Object.entries(options).map(([name, { start }]) => [name, start])),
});

test("variantTable: each factory of the folder has a row, and is exported", () => {
  const lines = read("packages/core/src/index.ts").matchAll(
    /^export \{[^}]+?(\w+)\s*,?\s*\} from "\.\/variants\/(\w+)\.js";/gm,
  );
  const factories = [...lines].map(([, name]) => name);
  expect(factories).toContain("tokenDropout");
  expect(variantTable.map(({ name }) => name).sort()).toEqual(factories.sort());
  for (const { name, make } of variantTable) expect(Reflect.get(core, name)).toBe(make);
});

test("variantTable: the laws of the seam run over every row", () => {
  const tried = new Set(Object.values(variantsAt(0.5)).map(({ name }) => name));
  expect([...tried].sort()).toEqual(variantTable.map(({ name }) => name).sort());
});

test.each(["packages/core/README.md", "docs/architecture.md"])(
  "variantTable: %s has a line for every row",
  (path) => {
    const text = read(path);
    for (const { name } of variantTable)
      expect(text, name).toMatch(new RegExp(`^\\|.*\`${name}\``, "m"));
  },
);

describe.each(variantTable.map((entry) => [entry.name, entry] as const))("%s", (name, entry) => {
  test("its row makes it", () => {
    expect(makeVariant(entry, optionsAt(entry, 0.3)).name).toBe(name);
  });

  test("its row's rates are what its fields hold", () => {
    const { parts, learned } = makeVariant(entry, optionsAt(entry, 0.3));
    const held = parts.map(({ field }) => field.rate).filter((rate) => rate !== undefined);
    expect(new Set(held)).toEqual(new Set(learned ? [] : [0.3]));
    for (const rate of entry.rates) {
      expect(() => makeVariant(entry, { ...optionsAt(entry, 0.3), [rate]: 2 })).toThrow(
        new RegExp(`^${name}: ${rate} must be in \\[`),
      );
    }
  });

  test("its row's options are heeded: one of another kind is refused", () => {
    for (const option of Object.keys(entry.options)) {
      const wrong = { ...optionsAt(entry, 0.3), [option]: [{}] };
      expect(() => makeVariant(entry, wrong)).toThrow(
        new RegExp(`^${name}: (${option}|a size in ${option})`),
      );
    }
  });

  test("its row's options are all: what it is made of no other decides", () => {
    const source = read(`packages/core/src/variants/${name}.ts`);
    const [, body = ""] = source.match(/export interface \w+Options \{([^}]*)\}/) ?? [];
    const declared = [...body.matchAll(/readonly (\w+)\??:/g)].map(([, option]) => option);
    expect([...entry.rates, ...Object.keys(entry.options)].sort()).toEqual(declared.sort());
  });
});
