import { expect, test } from "vitest";
import { lossDifference, PARITY_STEPS } from "../../src/experiment/lossDifference.js";

test("lossDifference: the largest relative difference of the first 100 steps", () => {
  expect(lossDifference([1, 2.02, 3], [1, 2, 3])).toBeCloseTo(0.01, 12);
  const later = new Array(PARITY_STEPS).fill(1);
  expect(lossDifference([...later, 5], [...later, 1])).toBe(0);
});
