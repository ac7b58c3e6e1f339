import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { Result } from "../src/Case.js";
import { measure } from "../src/measure.js";
import { resultTable, saveResults } from "../src/results.js";

test("measure: sides take turns after a warm-up, and the ratio is peer / ours", async () => {
  const log: string[] = [];
  const result = await measure({
    name: "work",
    peer: "other",
    target: 2,
    runs: 6,
    prepare: async () => ({
      ours: () => void log.push("ours"),
      peer: () => void log.push("peer"),
      dispose: () => void log.push("dispose"),
    }),
  });
  expect(log).toEqual([...new Array(2 + 6).fill(["ours", "peer"]).flat(), "dispose"]);
  expect(result).toMatchObject({ case: "work", peer: "other", target: 2 });
  expect(result.ratio).toBe(result.theirs / result.ours);
});

test("measure: a number that a side returns counts in the place of its time", async () => {
  const { ours, theirs, ratio } = await measure({
    name: "opening",
    peer: "limit",
    target: 1,
    runs: 3,
    prepare: async () => ({ ours: async () => 200, peer: () => 300, dispose() {} }),
  });
  expect({ ours, theirs, ratio }).toEqual({ ours: 200, theirs: 300, ratio: 1.5 });
});

const line = (name: string, ratio: number): Result => ({
  case: name,
  unit: "ms",
  ours: 1,
  peer: "other",
  theirs: ratio,
  ratio,
  target: 2,
});

test("saveResults: a part that ran replaces its own lines alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dropoutkit-bench-"));
  const file = pathToFileURL(join(folder, "results.json"));
  await saveResults(file, [line("a", 1), line("b", 2)]);
  await saveResults(file, [line("a", 3)]);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual([line("b", 2), line("a", 3)]);
  await rm(folder, { recursive: true });
});

test("resultTable: says which targets are missed", () => {
  const lines = resultTable([line("slow", 1.5), line("fast", 2)]).split("\n");
  expect(lines.find((text) => text.includes("slow"))).toContain("2 missed");
  expect(lines.find((text) => text.includes("fast"))).not.toContain("missed");
});
