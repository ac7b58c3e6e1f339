import fc from "fast-check";
import { expect, test } from "vitest";
import { type Checkpoint, gradientModel } from "../src/index.js";
import { seeds, valuesIn } from "./gradients/cases.js";
import type { Draft } from "./networks/Draft.js";
import { networkOf, plans } from "./networks/networkOf.js";
import { type Feed, numbersOf, openModel } from "./runModel.js";

const TOLERANCE = 1e-7;
const STEP = 2 ** -8;

/**
 * The slope of a function at 0, by differences whose error falls with the fourth power of their step.
 * Where those of two steps agree, the finer one is off by a fifteenth of what is between them; where
 * they do not, a kink is near, or too much rounding, and there is none.
 */
async function slopeOf(at: (offset: number) => Promise<number>): Promise<number | undefined> {
  const difference = async (step: number): Promise<number> => {
    const near = (await at(step)) - (await at(-step));
    const far = (await at(2 * step)) - (await at(-2 * step));
    return (8 * near - far) / (12 * step);
  };
  const [coarse, fine] = [await difference(STEP), await difference(STEP / 2)];
  return Math.abs(coarse - fine) <= boundAt(fine) ? fine : undefined;
}

const boundAt = (value: number): number => TOLERANCE * (1 + Math.abs(value));

/** Compares the gradients by all inputs, along a random direction each; gives for each whether differences told one. */
async function expectSlopes(
  network: Draft,
  { seed, checkpoint }: { readonly seed: number; readonly checkpoint?: Checkpoint },
): Promise<boolean[]> {
  const model = network.model();
  const nodes = model.graph.node.map(
    ({ opType, input, output }) => `${output}=${opType}(${input})`,
  );
  const withRespectTo = network.inputs.map(({ name }) => name);
  const feeds = network.feeds(seed);
  const forward = await openModel(model);
  const lossOf = async (changed: Readonly<Record<string, Feed>>): Promise<number> =>
    numbersOf((await forward({ ...feeds, ...changed })).loss)[0];
  const run = await openModel(gradientModel(model, { loss: "loss", withRespectTo, checkpoint }));
  const results = await run(feeds);
  const loss = await lossOf({});
  // The runtime joins other nodes here than there, which rounds otherwise.
  expect(Math.abs(numbersOf(results.loss)[0] - loss)).toBeLessThanOrEqual(boundAt(loss));
  const told: boolean[] = [];
  for (const { name, dims } of network.inputs) {
    const gradient = results[`${name}.grad`];
    expect(gradient.dims, name).toEqual(dims);
    const start = feeds[name].data;
    const direction = valuesIn(seed + 1, dims, { from: -1, to: 1 });
    const slope = await slopeOf((offset) => {
      const data = Float64Array.from(direction, (step, i) => Number(start[i]) + offset * step);
      return lossOf({ [name]: { type: "float64", data, dims } });
    });
    told.push(slope !== undefined);
    if (slope === undefined) continue;
    const actual = numbersOf(gradient).reduce((sum, value, i) => sum + value * direction[i], 0);
    const message = `${name}: ${actual}, by differences ${slope}, of ${nodes.join("; ")}`;
    expect(Math.abs(actual - slope), message).toBeLessThanOrEqual(boundAt(slope));
  }
  return told;
}

test.each([7, 9, 12, 13, 17, 21, 24])(
  "gradientModel: gradients of random networks are their differences at opset %d",
  async (opset) => {
    const told: boolean[] = [];
    const law = fc.asyncProperty(
      plans(opset),
      seeds,
      fc.constantFrom(undefined, "auto" as const),
      async (plan, seed, checkpoint) => {
        told.push(...(await expectSlopes(networkOf(opset, plan), { seed, checkpoint })));
      },
    );
    await fc.assert(law, { numRuns: 15, seed: opset });
    expect(told.filter(Boolean).length / told.length).toBeGreaterThan(0.8);
  },
);
