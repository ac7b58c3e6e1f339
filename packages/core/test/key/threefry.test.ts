import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { threefry2x32 } from "../../src/key/threefry.js";

const beside = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
const { DROPOUTKIT_DATA = beside } = process.env;
const file = join(DROPOUTKIT_DATA, "random123/kat_vectors.txt");

/** One line of Random123's file: `threefry2x32 20`, two counter words, two key words, two results. */
function expectLine(line: string): void {
  const [c0, c1, k0, k1, ...result] = line
    .trim()
    .split(/\s+/)
    .slice(2)
    .map((word) => Number.parseInt(word, 16));
  const words0 = new Uint32Array(1);
  const words1 = new Uint32Array(1);
  threefry2x32(k0, k1, c0, c1, words0, words1);
  expect([words0[0], words1[0]], line).toEqual(result);
}

/** From DEShawResearch/random123, tests/kat_vectors. */
test.each([
  "threefry2x32 20 00000000 00000000 00000000 00000000   6b200159 99ba4efe",
  "threefry2x32 20 ffffffff ffffffff ffffffff ffffffff   1cb996fc bb002be7",
  "threefry2x32 20 243f6a88 85a308d3 13198a2e 03707344   c4923a9c 483df7a0",
])("threefry2x32: known answer %s", expectLine);

test.skipIf(!existsSync(file))(
  "threefry2x32: all 20-round answers of Random123's file (skipped without random123/kat_vectors.txt in DROPOUTKIT_DATA)",
  () => {
    const lines = readFileSync(file, "utf8").split("\n");
    const own = lines.filter((line) => /^threefry2x32 20 /.test(line));
    expect(own.length).toBeGreaterThan(0);
    own.forEach(expectLine);
  },
);

test("threefry2x32: block i of a run is the block of its own call, across the wrap of counters", () => {
  const run = [new Uint32Array(8), new Uint32Array(8)] as const;
  threefry2x32(7, 9, 2 ** 32 - 4, 5, ...run);
  for (let i = 0; i < 8; i++) {
    const one = [new Uint32Array(1), new Uint32Array(1)] as const;
    threefry2x32(7, 9, (2 ** 32 - 4 + i) % 2 ** 32, 5, ...one);
    expect([run[0][i], run[1][i]]).toEqual([one[0][0], one[1][0]]);
  }
});
