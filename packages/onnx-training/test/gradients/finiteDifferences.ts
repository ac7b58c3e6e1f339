import { maskFeeds } from "@dropoutkit/onnx";
import { expect } from "vitest";
import { numbersOf, openModel } from "../runtime/runModel.js";
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

/** Steps of the differences. A kink must be more than twice as far away. */
const STEPS = { float32: 2 ** -4, float64: 2 ** -10 };

/**
 * Compares the gradients of one node by all its inputs with differences of the runtime's own forward
 * pass. The gradient itself has the error of the values.
 */
export async function expectGradients(
  setting: Setting,
  node: NodeCase,
  accuracy: Accuracy = {},
): Promise<void> {
  const read = readOf(node);
  const { forward: inKernels = (model) => model } = setting;
  const model = forwardModel(setting, node);
  const feeds = { ...feedsOf(setting, node), ...maskFeeds(model, { seed: 3, step: 5 }) };
  const forward = await openModel(inKernels(model));
  const start = await forward(feeds);
  const sizes = read.map((i) => numbersOf(start[`y${i}.shape`]));
  const weights = sizes.map((dims, k) => weightsOf(k, dims));
  const backward = await openModel(backwardModel(setting, node, sizes));
  const weightFeeds = read.map((i, k) => [
    `dy${i}`,
    floats(setting.type, { dims: sizes[k], values: weights[k] }),
  ]);
  const results = await backward({ ...feeds, ...Object.fromEntries(weightFeeds) });
  const estimate = estimator(setting.type, weights.flat(), accuracy);
  for (const [i, input] of node.inputs.entries()) {
    if (!isDerived(input)) continue;
    const name = `x${i}`;
    const gradient = results[`${name}.grad`];
    expect(gradient.dims, `${name}.grad`).toEqual(input.dims);
    const actual = numbersOf(gradient);
    for (const [at, value] of input.values.entries()) {
      const { expected: own, bound } = await estimate(async (offset) => {
        const values = input.values.map((entry, j) => (j === at ? value + offset : entry));
        const moved = await forward({
          ...feeds,
          [name]: floats(setting.type, { ...input, values }),
        });
        return read.flatMap((place) => numbersOf(moved[`y${place}.flat`]));
      });
      const expected = node.beside ? own + 1 : own;
      const message = `${name}.grad[${at}]: ${actual[at]}, by differences ${expected}`;
      expect(Math.abs(actual[at] - expected), message).toBeLessThanOrEqual(bound);
    }
  }
}

interface Estimate {
  readonly expected: number;
  /** Bound of the error of `expected`, and of a gradient that is computed in the type. */
  readonly bound: number;
}

/**
 * The derivative of `Σ weight · f` from values of f, `(8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h`. Its
 * error is h⁴ / 30 · fifth derivative, and that of the values times (8 + 8 + 1 + 1) / 12h, both summed
 * over the entries of f that change, with their weights.
 */
function estimator(
  type: Setting["type"],
  weights: readonly number[],
  { ulps = 4, fifth = 16 }: Accuracy,
): (valuesAt: (offset: number) => Promise<readonly number[]>) => Promise<Estimate> {
  const step = STEPS[type];
  const unit = ulps * (type === "float32" ? 2 ** -24 : 2 ** -53);
  return async (valuesAt) => {
    const [up, down] = [await valuesAt(step), await valuesAt(-step)];
    const [up2, down2] = [await valuesAt(2 * step), await valuesAt(-2 * step)];
    let expected = 0;
    let bound = 0;
    weights.forEach((weight, j) => {
      if (up[j] === down[j] && up2[j] === down2[j]) return;
      expected += (weight * (8 * (up[j] - down[j]) - (up2[j] - down2[j]))) / (12 * step);
      const rounding = (18 / 12 / step) * unit * (Math.abs(up[j]) + 1);
      bound += Math.abs(weight) * (rounding + (fifth * step ** 4) / 30);
    });
    return { expected, bound: bound + 8 * unit * (Math.abs(expected) + 1) };
  };
}
