import { expect, test } from "vitest";
import { ARTICLE_HIDDEN, initialNetwork } from "../../src/experiment/network.js";

const article = { hidden: ARTICLE_HIDDEN, activation: "relu" } as const;

test("initialNetwork: 784-256-256-10, within 1 / sqrt(inputs), dropout after the hidden layers", () => {
  const network = initialNetwork(0, article);
  expect(network.map(({ inputs, units }) => [inputs, units])).toEqual([
    [784, 256],
    [256, 256],
    [256, 10],
  ]);
  expect(network.map(({ dropout }) => dropout)).toEqual(["dropout1", "dropout2", undefined]);
  for (const { inputs, units, kernel, bias } of network) {
    expect(kernel).toHaveLength(inputs * units);
    expect(bias).toHaveLength(units);
    const bound = 1 / Math.sqrt(inputs);
    const largest = kernel.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    // Of at least 2,560 draws the largest is within 1 % of the bound but with probability 0.99^2560 = 7e-12.
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.99 * bound);
  }
});

test("initialNetwork: another seed, other weights", () => {
  expect(initialNetwork(1, article)[0].kernel).toEqual(initialNetwork(1, article)[0].kernel);
  expect(initialNetwork(1, article)[0].kernel).not.toEqual(initialNetwork(2, article)[0].kernel);
});
