import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** All names of an entry, types too. */
async function namesOf(entry: string): Promise<string[]> {
  const source = await readFile(new URL(`../src/${entry}.ts`, import.meta.url), "utf8");
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\} from/gm)];
  return lists.flatMap(([, list]) => list.match(/\w+(?=,|\s*$)/g) ?? []);
}

test("the main entry has at most 60 names, and no entry has a name of another", async () => {
  const [main, adapter, uncertainty] = await Promise.all(
    ["index", "adapter", "uncertainty"].map(namesOf),
  );
  expect(main).toContain("dropout");
  expect(main.length).toBeLessThanOrEqual(60);
  expect(adapter).toContain("drawField");
  expect(uncertainty).toContain("PassStatistics");
  const all = [...main, ...adapter, ...uncertainty];
  expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
});
