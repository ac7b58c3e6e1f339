import { expect } from "vitest";
import { numbersOf, openModel } from "../runModel.js";
import {
  backwardModel,
  feedsOf,
  floats,
  forwardModel,
  readOf,
  type Setting,
  weightsOf,
} from "./caseModels.js";
import { isDerived, type NodeCase } from "./nodeCase.js";

/** How exact the runtime's own forward pass is, and how curved. */
export interface Accuracy {
  /** Error of an entry y of the output, in units of the last place of |y| + 1. Default: 4. */
  readonly ulps?: number;
  /** Bound of the fifth derivative of an entry by another. Default: 16. */
  readonly fifth?: number;
}

/** Step of the differences. A kink must be more than twice as far away. */
const stepOf = (type: Setting["type"]): number => (type === "float32" ? 2 ** -4 : 2 ** -10);

/**
 * Compares the gradients of one node by all its inputs with differences of the runtime's own forward
 * pass, `(8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h`. Their error is h⁴ / 30 · fifth derivative, and
 * that of the values times (8 + 8 + 1 + 1) / 12h. Both are summed over the entries of the output that a
 * moved input changes, with the weights of the entries. The gradient itself has the values' own error.
 */
export async function expectGradients(
  setting: Setting,
  node: NodeCase,
  { ulps = 4, fifth = 16 }: Accuracy = {},
): Promise<void> {
  const feeds = feedsOf(setting, node);
  const read = readOf(node);
  const forward = await openModel(forwardModel(setting, node));
  const start = await forward(feeds);
  const sizes = read.map((i) => numbersOf(start[`y${i}.shape`]));
  const weights = sizes.map((dims, k) => weightsOf(k, dims));
  const backward = await openModel(backwardModel(setting, node, sizes));
  const weightFeeds = read.map((i, k) => [
    `dy${i}`,
    floats(setting.type, { dims: sizes[k], values: weights[k] }),
  ]);
  const results = await backward({ ...feeds, ...Object.fromEntries(weightFeeds) });
  const allWeights = weights.flat();
  const step = stepOf(setting.type);
  const unit = ulps * (setting.type === "float32" ? 2 ** -24 : 2 ** -53);
  for (const [i, input] of node.inputs.entries()) {
    if (!isDerived(input)) continue;
    const gradient = results[`x${i}.grad`];
    expect(gradient.dims, `x${i}.grad`).toEqual(input.dims);
    const actual = numbersOf(gradient);
    for (const [at, value] of input.values.entries()) {
      const valuesAt = async (offset: number): Promise<number[]> => {
        const values = input.values.map((own, j) => (j === at ? value + offset * step : own));
        const moved = await forward({
          ...feeds,
          [`x${i}`]: floats(setting.type, { ...input, values }),
        });
        return read.flatMap((place) => numbersOf(moved[`y${place}.flat`]));
      };
      const [up, down] = [await valuesAt(1), await valuesAt(-1)];
      const [up2, down2] = [await valuesAt(2), await valuesAt(-2)];
      let expected = 0;
      let bound = 0;
      allWeights.forEach((weight, j) => {
        const difference = 8 * (up[j] - down[j]) - (up2[j] - down2[j]);
        expected += (weight * difference) / (12 * step);
        if (up[j] === down[j] && up2[j] === down2[j]) return;
        const rounding = (18 / 12 / step) * unit * (Math.abs(up[j]) + 1);
        bound += Math.abs(weight) * (rounding + (fifth * step ** 4) / 30);
      });
      bound += 8 * unit * (Math.abs(expected) + 1);
      const error = Math.abs(actual[at] - expected);
      expect(
        error,
        `x${i}.grad[${at}]: ${actual[at]}, by differences ${expected}`,
      ).toBeLessThanOrEqual(bound);
    }
  }
}
