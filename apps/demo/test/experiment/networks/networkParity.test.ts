import { expect, test } from "vitest";
import { drawDigits } from "../../../src/data/drawDigits.js";
import { orderedBatches } from "../../../src/experiment/batches.js";
import { type FrameworkName, frameworks } from "../../../src/experiment/frameworks.js";
import { networkFor } from "../../../src/experiment/networks/Network.js";
import type { Arm } from "../../../src/experiment/networks/Noise.js";
import { networks } from "../../../src/experiment/networks/networks.js";

const digits = drawDigits({ train: 48, validation: 1 });
const batches = [...orderedBatches({ set: digits.train, normalisation: digits, size: 16 })];

/** The losses of three steps, and of an evaluation after them. */
async function lossesOf(name: FrameworkName, arm: Arm): Promise<number[]> {
  const learner = await frameworks[name].learner({
    ...arm,
    maxNorm: undefined,
    seed: 3,
    saved: undefined,
    examples: digits.train.count,
  });
  const losses: number[] = [];
  for (const batch of batches)
    losses.push((await learner.step(batch, { learningRate: 1e-4 })).loss);
  losses.push((await learner.evaluate(batches[0])).loss);
  await learner.dispose();
  return losses;
}

const arms = networks.flatMap(({ id, variants }) => {
  const network = networkFor(id, {});
  const noisy = variants.map((variant): Arm => {
    const rates = variant.rates.map(({ start }) => start);
    return { network, noise: { variant: variant.id, rates, inputRate: 0 } };
  });
  return [{ network, noise: undefined }, ...noisy].map((arm) => ({
    name: `${id} with ${arm.noise?.variant ?? "no noise"}`,
    arm,
  }));
});

test.each(arms)("networks: $name has the same losses in both frameworks", async ({ arm }) => {
  const [tfjs, onnx] = [await lossesOf("tfjs", arm), await lossesOf("onnx", arm)];
  tfjs.forEach((loss, i) => {
    // Sums of up to 784 products, rounded in another order: some 1e-6. Adam's first steps are of the whole
    // learning rate however small a gradient is, so that roundings of those near 0 move weights by 1e-4.
    // Another mask moves a loss by 1e-2, a rate that is not learned by 3e-4.
    expect(Math.abs((loss - onnx[i]) / loss)).toBeLessThan(1e-4);
  });
});
