import { expect, it } from "vitest";
import { digitsOf } from "../../src/data/digits.js";

it("digitsOf: mean and deviation are those of the training pixels in [0, 1], whatever validation holds", () => {
  const train = { images: Uint8Array.of(0, 0, 0, 255), labels: Uint8Array.of(1), count: 1 };
  const validation = { images: Uint8Array.of(255, 255), labels: Uint8Array.of(2), count: 1 };
  const digits = digitsOf({ name: "four pixels", train, validation });
  // One pixel of four is 1: mean 1/4, variance 1/4 - 1/16. 1e-15: a few roundings of numbers below 1.
  expect(Math.abs(digits.mean - 0.25)).toBeLessThan(1e-15);
  expect(Math.abs(digits.deviation - Math.sqrt(3 / 16))).toBeLessThan(1e-15);
});
