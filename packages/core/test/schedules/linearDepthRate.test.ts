import { expect, test } from "vitest";
import { linearDepthRate } from "../../src/index.js";

test("linearDepthRate: is Huang et al.'s p_l = 1 - l / L (1 - p_L), in drop probabilities", () => {
  const survivals = [1, 2, 3, 4].map(
    (block) => 1 - linearDepthRate({ block, blocks: 4, rate: 0.5 }),
  );
  expect(survivals).toEqual([0.875, 0.75, 0.625, 0.5]);
});

test("linearDepthRate: of the 54 blocks in the paper, about 40 survive on average", () => {
  // (3 L - 1) / 4 exactly, at p_L = 0.5.
  let survivors = 0;
  for (let block = 1; block <= 54; block++) {
    survivors += 1 - linearDepthRate({ block, blocks: 54, rate: 0.5 });
  }
  expect(survivors).toBeCloseTo((3 * 54 - 1) / 4, 10);
});

test.each<[Parameters<typeof linearDepthRate>[0], string]>([
  [{ block: 1, blocks: 4, rate: 1.5 }, "rate must be in [0, 1], got 1.5"],
  [{ block: 0, blocks: 4, rate: 0.5 }, "block must be an integer >= 1, got 0"],
  [{ block: 1, blocks: 2.5, rate: 0.5 }, "blocks must be an integer >= 1, got 2.5"],
  [{ block: 5, blocks: 4, rate: 0.5 }, "block must be at most 4, got 5"],
])("linearDepthRate: %j is a RangeError", (options, message) => {
  expect(() => linearDepthRate(options)).toThrow(new RangeError(`linearDepthRate: ${message}`));
});
