import { expect, test } from "vitest";
import { schemaVersions } from "../../src/opset/schemaVersions.js";
import { shapeRules } from "../../src/shapes/rules/shapeRules.js";

/** Operators that are gone through without a rule. */
const withoutRule: Readonly<Record<string, string>> = {
  ConcatFromSequence: "the tensors of a sequence are not followed",
  Constant: "its value is read where the node stands",
  Optional: "an optional is no tensor",
  SequenceAt: "the tensors of a sequence are not followed",
  SequenceConstruct: "a sequence is no tensor",
  SequenceEmpty: "a sequence is no tensor",
  SequenceErase: "a sequence is no tensor",
  SequenceInsert: "a sequence is no tensor",
  SequenceMap: "its sequences are no tensors",
  SplitToSequence: "a sequence is no tensor",
};

test("shape rules: each standard operator has one, but those that say why not", () => {
  const missing = Object.keys(schemaVersions).filter((name) => !shapeRules.has(name));
  expect(missing).toEqual(Object.keys(withoutRule));
});

test("shape rules: each is of a standard operator", () => {
  expect([...shapeRules.keys()].filter((name) => schemaVersions[name] === undefined)).toEqual([]);
});
