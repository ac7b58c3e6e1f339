import { concreteDropout } from "@dropoutkit/core";
import { insertDropout } from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { variantPenalty } from "../../src/index.js";
import { batch, mlp } from "./noisyMlp.js";
import { open } from "./trainNoisyMlp.js";

const variant = concreteDropout({ weightRegularizer: 0, dropoutRegularizer: 1 });
const model = insertDropout(mlp(), { variant, after: { opType: "Relu" } });
const penalties = [
  variantPenalty({
    variant,
    tensors: { w: "fc2.weight", "learned:logit": "relu.logit" },
    numbers: { features: 8 },
  }),
];

/** p log p + q log q, eight times. */
const penaltyOf = (logit: number): number => {
  const p = 1 / (1 + Math.exp(-logit));
  return 8 * (p * Math.log(p) + (1 - p) * Math.log(1 - p));
};

test("Trainer: a rate that is learned moves, and its penalty is in the loss of an evaluation", async () => {
  const trainer = await open({ penalties }, model);
  const plain = await open({}, mlp());
  const [start, clean] = [await trainer.evaluate(batch()), await plain.evaluate(batch())];
  // The rate starts at 0.1. Float32 sums of a dozen terms below 3.
  expect(start.loss - clean.loss).toBeCloseTo(penaltyOf(Math.log(0.1 / 0.9)), 5);
  const { gradients } = await trainer.gradients(batch());
  expect(gradients["relu.logit"].data[0]).not.toBe(0);
  for (let step = 0; step < 5; step++) await trainer.step(batch());
  const { graph } = await trainer.exportModel();
  expect(graph.initializer.map(({ name }) => name)).not.toContain("relu.logit");
  expect(graph.node.map(({ opType }) => opType)).toEqual(["Gemm", "Relu", "Gemm"]);
  await trainer.dispose();
  await plain.dispose();
});
