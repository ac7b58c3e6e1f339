import { expect, test } from "vitest";
import { schemaVersions } from "../../src/opset/schemaVersions.js";
import { shapeRules } from "../../src/shapes/rules/shapeRules.js";

/** Operators that are gone through without a rule. */
const withoutRule: Readonly<Record<string, string>> = {
  Constant: "its value is read where the node stands",
};

test("shape rules: each standard operator has one, but those that say why not", () => {
  const missing = Object.keys(schemaVersions).filter((name) => !shapeRules.has(name));
  expect(missing).toEqual(Object.keys(withoutRule));
});

test("shape rules: each is of a standard operator", () => {
  expect([...shapeRules.keys()].filter((name) => schemaVersions[name] === undefined)).toEqual([]);
});
