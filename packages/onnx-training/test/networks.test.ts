import fc from "fast-check";
import { expect, test } from "vitest";
import { type Checkpoint, gradientModel } from "../src/index.js";
import { floats } from "./gradients/caseModels.js";
import { seeds, valuesIn } from "./gradients/cases.js";
import type { Draft } from "./networks/Draft.js";
import { networkOf, plans } from "./networks/networkOf.js";
import { type Feed, numbersOf, openModel } from "./runModel.js";

/** The steps of differences, and how near slopes must be, as a part of their size and 1. */
const accuracyOf = {
  float32: { step: 2 ** -5, tolerance: 2e-3 },
  float64: { step: 2 ** -8, tolerance: 1e-7 },
} as const;

type Accuracy = (typeof accuracyOf)[keyof typeof accuracyOf];

const isNear = (a: number, b: number, { tolerance }: Accuracy): boolean =>
  Math.abs(a - b) <= tolerance * (1 + Math.abs(b));

/**
 * The slope of a function at 0, by differences whose error falls with the fourth power of their step.
 * Where those of two steps agree, the finer one is off by a fifteenth of what is between them; where
 * they do not, a kink is near, or too much rounding, and there is none.
 */
async function slopeOf(
  at: (offset: number) => Promise<number>,
  accuracy: Accuracy,
): Promise<number | undefined> {
  const difference = async (step: number): Promise<number> => {
    const near = (await at(step)) - (await at(-step));
    const far = (await at(2 * step)) - (await at(-2 * step));
    return (8 * near - far) / (12 * step);
  };
  const [coarse, fine] = [await difference(accuracy.step), await difference(accuracy.step / 2)];
  return isNear(coarse, fine, accuracy) ? fine : undefined;
}

interface Point {
  readonly seed: number;
  readonly checkpoint?: Checkpoint;
}

/** Compares the gradients by all inputs, along a random direction each; gives for each whether differences told one. */
async function expectSlopes(network: Draft, { seed, checkpoint }: Point): Promise<boolean[]> {
  const { type, inputs } = network;
  const accuracy = accuracyOf[type];
  const model = network.model();
  const withRespectTo = inputs.map(({ name }) => name);
  const feeds = network.feeds(seed);
  const forward = await openModel(model);
  const lossOf = async (changed: Readonly<Record<string, Feed>>): Promise<number> =>
    numbersOf((await forward({ ...feeds, ...changed })).loss)[0];
  const run = await openModel(gradientModel(model, { loss: "loss", withRespectTo, checkpoint }));
  const results = await run(feeds);
  const nodes = model.graph.node.map(
    ({ opType, input, output }) => `${output} = ${opType}(${input})`,
  );
  const expectNear = (actual: number, expected: number, what: string): void => {
    const message = `${what}: ${actual} instead of ${expected} in ${nodes.join("; ")}`;
    expect(isNear(actual, expected, accuracy), message).toBe(true);
  };
  expectNear(numbersOf(results.loss)[0], await lossOf({}), "loss");
  const told: boolean[] = [];
  for (const { name, dims } of inputs) {
    const gradient = results[`${name}.grad`];
    expect(gradient.dims, name).toEqual(dims);
    const start = Array.from(feeds[name].data, Number);
    const direction = valuesIn(seed + 1, dims, { from: -1, to: 1 });
    const slope = await slopeOf((offset) => {
      const values = start.map((value, i) => value + offset * direction[i]);
      return lossOf({ [name]: floats(type, { dims, values }) });
    }, accuracy);
    told.push(slope !== undefined);
    if (slope === undefined) continue;
    const actual = numbersOf(gradient).reduce((sum, value, i) => sum + value * direction[i], 0);
    expectNear(actual, slope, `${name}.grad`);
  }
  return told;
}

const settings = [
  ...[7, 9, 12, 13, 17, 21, 24].map((opset) => ({ opset, type: "float64" as const })),
  ...[7, 11, 13, 18, 22].map((opset) => ({ opset, type: "float32" as const })),
];

test.each(settings)(
  "gradientModel: gradients of random networks are their differences at opset $opset in $type",
  async (setting) => {
    const told: boolean[] = [];
    const law = fc.asyncProperty(
      plans(setting),
      seeds,
      fc.constantFrom(undefined, "auto" as const),
      async (plan, seed, checkpoint) => {
        told.push(...(await expectSlopes(networkOf(plan), { seed, checkpoint })));
      },
    );
    await fc.assert(law, { numRuns: 12, seed: setting.opset });
    expect(told.filter(Boolean).length / told.length).toBeGreaterThan(0.8);
  },
);
