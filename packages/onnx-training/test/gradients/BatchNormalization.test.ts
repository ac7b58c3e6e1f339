import fc from "fast-check";
import { describe } from "vitest";
import { type Cases, derived, namedAt, seeds, sizes } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import type { NodeCase } from "./nodeCase.js";

interface Sample {
  readonly dims: readonly number[];
  readonly attributes: NonNullable<NodeCase["attributes"]>;
  readonly seed: number;
  readonly named: boolean;
}

/** Values `[batch, channels, ...space]`, and attributes. */
const samples = (
  opset: number,
  attributes: readonly NonNullable<NodeCase["attributes"]>[],
): fc.Arbitrary<Sample> =>
  fc
    .record({
      batch: sizes,
      channels: sizes,
      space: fc.array(sizes, { maxLength: 2 }),
      attributes: fc.constantFrom(...attributes),
      seed: seeds,
      named: namedAt(opset),
    })
    .map(({ batch, channels, space, ...rest }) => ({ ...rest, dims: [batch, channels, ...space] }));

/** Values, scale, bias, mean and variance, which is at least 1/2. */
function inputsOf({ dims, attributes, seed }: Sample): NodeCase["inputs"] & unknown[] {
  const weights = attributes.spatial === 0 ? dims.slice(1) : dims.slice(1, 2);
  const weight = (k: number) => derived(seed + k, weights);
  const variance = derived(seed + 4, weights, { from: 0.5, to: 2 });
  return [derived(seed, dims), weight(1), weight(2), weight(3), variance];
}

const wide = { epsilon: { float: 0.25 } };

describe("with running statistics", () => {
  const cases: Cases = (opset) =>
    samples(opset, opset >= 9 ? [{}, wide] : [{}, wide, { spatial: 0 }]).map((sample) => ({
      named: sample.named,
      attributes: sample.attributes,
      inputs: inputsOf(sample),
    }));
  // The fifth derivative of (v + epsilon)^-0.5 is below 30 / v^5.5, times |x - mean| · |scale| < 8.
  gradientLaw("BatchNormalization", { opsets: [7, 9, 14, 15], fifth: 16000, cases });
});

describe("with the batch's statistics", () => {
  const opsets = [7, 9, 14, 15];
  // With an epsilon of 1 the deviation is at least 1: a fifth derivative of x / sqrt(x² + 1) is below 50.
  const smooth = { epsilon: { float: 1 }, momentum: { float: 0.75 } };
  const modes = (opset: number) => (opset >= 14 ? [{ ...smooth, training_mode: 1 }] : [smooth]);
  const filled = (opset: number) =>
    samples(opset, modes(opset)).filter(({ dims }) => !dims.includes(0));

  const values: Cases = (opset) =>
    filled(opset).map((sample) => ({
      named: sample.named,
      attributes: sample.attributes,
      // The values do not depend on the running statistics.
      beside: true,
      inputs: inputsOf(sample),
      outputs: opset >= 14 ? 3 : 5,
      read: [0],
    }));
  gradientLaw("BatchNormalization", { opsets, fifth: 400, cases: values });

  const statistics: Cases = (opset) =>
    filled(opset).map((sample) => ({
      named: sample.named,
      attributes: sample.attributes,
      inputs: inputsOf(sample),
      outputs: opset >= 14 ? 3 : 5,
      read: [0, 1, 2],
    }));
  gradientLaw("BatchNormalization", { opsets, fifth: 400, cases: statistics });
});
