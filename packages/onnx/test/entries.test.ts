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

test("the main entry needs nothing of Node, and nothing of the command line", async () => {
  expect([...(await packagesOf(entry("index")))].sort()).toEqual([
    "@bufbuild/protobuf",
    "@bufbuild/protobuf/wire",
    "@dropoutkit/core",
    "fastest-levenshtein",
    "onnx-buf",
  ]);
});

test("the entry for Node needs nothing of the command line", async () => {
  const packages = await packagesOf(entry("node"));
  expect(packages).toContain("node:fs/promises");
  expect(packages).not.toContain("commander");
});
