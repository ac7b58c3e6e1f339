import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** All names of an entry, types too. */
async function namesOf(entry: string): Promise<string[]> {
  const source = await readFile(new URL(`../src/${entry}.ts`, import.meta.url), "utf8");
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\} from/gm)];
  return lists.flatMap(([, list]) => list.match(/\w+(?=,|\s*$)/g) ?? []);
}

test("the main entry has at most 60 names, and shares none with the one for adapters", async () => {
  const [main, adapter] = await Promise.all(["index", "adapter"].map(namesOf));
  expect(main).toContain("dropout");
  expect(main.length).toBeLessThanOrEqual(60);
  expect(adapter).toContain("drawField");
  expect(main.filter((name) => adapter.includes(name))).toEqual([]);
});
