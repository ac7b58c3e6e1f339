import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gradientRules } from "../../src/gradients/gradientRules.js";

const operators = Object.keys(gradientRules).sort();

test("every operator of the registry is named by a test beside this one", () => {
  const folder = new URL(".", import.meta.url);
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  const text = tests.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  expect(operators.filter((opType) => !text.includes(`"${opType}"`))).toEqual([]);
});

test("the README names every operator of the registry, and no other", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, section] = readme.split("## Operators with a gradient");
  const rows = (section ?? "").split("\n").filter((line) => line.startsWith("| "));
  const named = rows.slice(2).flatMap((row) => row.split("|")[2].trim().split(", "));
  expect(named.sort()).toEqual(operators);
});
