import { expect, test } from "vitest";
import { nearMisses } from "../../src/graph.js";

test("nearMisses: the nearest names first, three at most", () => {
  expect(nearMisses("fc1.weigth", ["fc2.bias", "fc2.weight", "fc1.weight"])).toBe(
    "; did you mean fc1.weight, fc2.weight?",
  );
  expect(nearMisses("a", ["b", "c", "d", "e"])).toBe("; did you mean b, c, d?");
});

test("nearMisses: a name is no near miss of itself", () => {
  expect(nearMisses("y", ["y"])).toBe("");
  expect(nearMisses("y", ["y", "z"])).toBe("; did you mean z?");
});

test("nearMisses: nothing where no name is near", () => {
  expect(nearMisses("logits", ["conv1.weight"])).toBe("");
  expect(nearMisses("logits", [])).toBe("");
});
