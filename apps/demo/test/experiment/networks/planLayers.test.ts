import { describe, expect, test } from "vitest";
import { PIXELS } from "../../../src/data/digits.js";
import type { LayerPlan } from "../../../src/experiment/networks/LayerPlan.js";
import { networkFor } from "../../../src/experiment/networks/Network.js";
import { networks } from "../../../src/experiment/networks/networks.js";
import { planLayers } from "../../../src/experiment/networks/planLayers.js";

const article = networkFor("mlp", {});
const start = { seed: 1, examples: 100 };
const kindsOf = (plan: readonly LayerPlan[]): string[] => plan.map(({ kind }) => kind);
const dense = (plan: readonly LayerPlan[]) =>
  plan.flatMap((layer) => (layer.kind === "dense" ? [layer] : []));

describe("planLayers", () => {
  test("mlp: 784-256-256-10, within 1 / sqrt(inputs), noise behind the hidden layers", () => {
    const noise = { variant: "gaussian-dropout", rates: [0.2, 0.3], inputRate: 0.1 } as const;
    const plan = planLayers({ network: article, noise }, start);
    expect(kindsOf(plan)).toEqual(["noise", "dense", "noise", "dense", "noise", "dense"]);
    const sites = plan.flatMap((layer) => (layer.kind === "noise" ? [layer] : []));
    expect(sites.map(({ site, variant, rate }) => [site, variant, rate])).toEqual([
      ["input", "dropout", 0.1],
      ["dropout1", "gaussian-dropout", 0.2],
      ["dropout2", "gaussian-dropout", 0.3],
    ]);
    expect(dense(plan).map(({ inputs, units }) => [inputs, units])).toEqual([
      [784, 256],
      [256, 256],
      [256, 10],
    ]);
    for (const { inputs, units, kernel, bias } of dense(plan)) {
      expect(kernel).toHaveLength(inputs * units);
      expect(bias).toHaveLength(units);
      const bound = 1 / Math.sqrt(inputs);
      const largest = kernel.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
      // Of at least 2,560 draws the largest is within 1 % of the bound but with probability 0.99^2560 = 7e-12.
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.99 * bound);
    }
  });

  test("start values: those of the seed, with noise and without", () => {
    const noise = { variant: "dropout", rates: [0.5, 0.5], inputRate: 0 } as const;
    const kernelOf = (seed: number, noisy: boolean) =>
      dense(
        planLayers({ network: article, noise: noisy ? noise : undefined }, { ...start, seed }),
      )[0].kernel;
    expect(kernelOf(1, true)).toEqual(kernelOf(1, false));
    expect(kernelOf(2, false)).not.toEqual(kernelOf(1, false));
  });

  test.each(networks.flatMap(({ id, variants }) => variants.map((variant) => ({ id, variant }))))(
    "$id with $variant.id: every rate has its place",
    ({ id, variant: { id: variant, rates } }) => {
      const network = networkFor(id, {});
      const given = rates.map((_, i) => 0.1 + i / 10);
      const noise = { variant, rates: given, inputRate: 0 };
      const plan = planLayers({ network, noise }, start);
      expect(ratesIn(plan)).toEqual(given);
      const clean = planLayers({ network, noise: undefined }, start);
      expect(ratesIn(clean)).toEqual([]);
      expect(kindsOf(plan).filter((kind) => kind !== "noise")).toEqual(kindsOf(clean));
    },
  );
});

function ratesIn(plan: readonly LayerPlan[]): number[] {
  return plan.flatMap((layer): number[] => {
    switch (layer.kind) {
      case "noise":
        return [layer.rate];
      case "dense":
        return [layer.connect, layer.concrete].flatMap((noise) => (noise ? [noise.rate] : []));
      case "lstm":
        return Object.values(layer.noise ?? {}).filter((value) => typeof value === "number");
      default:
        return [];
    }
  });
}

test("planLayers: layers of images fit each other", () => {
  const plan = planLayers({ network: { id: "cnn" }, noise: undefined }, start);
  expect(PIXELS).toBe(784);
  // 28 - 2 = 26, halved 13; 13 - 2 = 11, halved 5; 5 · 5 · 16 values.
  expect(dense(plan)[0].inputs).toBe(400);
});
