import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** The packages that a module of ours and all that it imports need. */
async function packagesOf(file: URL, seen: Set<string> = new Set()): Promise<Set<string>> {
  const found = new Set<string>();
  if (seen.has(file.href)) return found;
  seen.add(file.href);
  const source = await readFile(file, "utf8");
  for (const [, specifier] of source.matchAll(/\bfrom "([^"]+)"|\bimport "([^"]+)"/g)) {
    if (!specifier.startsWith(".")) found.add(specifier);
    else for (const name of await packagesOf(new URL(specifier, file), seen)) found.add(name);
  }
  return found;
}

const entry = (name: string): URL => new URL(`../dist/${name}.js`, import.meta.url);

/** All names of an entry, types too. */
async function namesOf(name: string): Promise<string[]> {
  const source = await readFile(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\} from/gm)];
  return lists.flatMap(([, list]) => list.match(/\w+(?=,|\s*$)/g) ?? []);
}

test("the main entry has at most 50 names, and shares none with the one for writers of graphs", async () => {
  const [main, graph] = await Promise.all(["index", "graph"].map(namesOf));
  expect(main).toContain("insertDropout");
  expect(main.length).toBeLessThanOrEqual(50);
  expect(graph).toContain("GraphBuilder");
  expect(main.filter((name) => graph.includes(name))).toEqual([]);
});

test("the main entry needs nothing of Node, and nothing of the command line", async () => {
  expect([...(await packagesOf(entry("index")))].sort()).toEqual([
    "@bufbuild/protobuf",
    "@bufbuild/protobuf/wire",
    "@dropoutkit/core",
    "@dropoutkit/core/adapter",
    "fastest-levenshtein",
    "onnx-buf",
  ]);
});

test("the entry for Node needs nothing of the command line", async () => {
  const packages = await packagesOf(entry("node"));
  expect(packages).toContain("node:fs/promises");
  expect(packages).not.toContain("commander");
});
