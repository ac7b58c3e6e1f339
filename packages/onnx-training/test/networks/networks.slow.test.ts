import { dropout, insertDropout, maskFeeds, type OnnxModel } from "@dropoutkit/onnx";
import type { NodeProto, NoiseSource } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradientModel, type Recompute } from "../../src/index.js";
import { floats } from "../gradients/caseModels.js";
import { seeds, valuesIn } from "../gradients/cases.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";
import type { Draft } from "./Draft.js";
import { networkOf, plans } from "./networkOf.js";

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
 * they do not, a kink is near, or too much rounding, and there is none. At a kink they agree too, but there
 * the slopes of both sides stay as far apart at half the step; else they come twice as near.
 */
async function slopeOf(
  at: (offset: number) => Promise<number>,
  accuracy: Accuracy,
): Promise<number | undefined> {
  const start = await at(0);
  const differences = async (step: number): Promise<{ slope: number; bend: number }> => {
    const [up, down] = [await at(step), await at(-step)];
    const far = (await at(2 * step)) - (await at(-2 * step));
    return {
      slope: (8 * (up - down) - far) / (12 * step),
      bend: (up - 2 * start + down) / step,
    };
  };
  const coarse = await differences(accuracy.step);
  const fine = await differences(accuracy.step / 2);
  const isSmooth = isNear(coarse.bend - 2 * fine.bend, 0, accuracy);
  return isSmooth && isNear(coarse.slope, fine.slope, accuracy) ? fine.slope : undefined;
}

interface Point {
  readonly seed: number;
  readonly recompute?: Recompute;
  /** Where masks of dropout come from; without it there is none. */
  readonly noise?: NoiseSource;
}

/** Dropout after some operators, in branches too, and after all in loops; never of a divisor. */
function withDropout(model: OnnxModel, noise: NoiseSource | undefined): OnnxModel {
  const after = ({ name, opType }: NodeProto): boolean =>
    ["Exp", "Relu", "Sigmoid", "Sin"].includes(opType) || name.startsWith("body/");
  if (noise === undefined || !model.graph.node.some(after)) return model;
  return insertDropout(model, { variant: dropout({ rate: 0.25 }), after, noise });
}

/** Compares the gradients by all inputs, along a random direction each; gives for each whether differences told one. */
async function expectSlopes(network: Draft, { seed, recompute, noise }: Point): Promise<boolean[]> {
  const { type, inputs } = network;
  const accuracy = accuracyOf[type];
  const model = withDropout(network.model(), noise);
  const withRespectTo = inputs.map(({ name }) => name);
  const feeds = { ...network.feeds(seed), ...maskFeeds(model, { seed, step: 0 }) };
  const forward = await openModel(model);
  const lossOf = async (changed: Readonly<Record<string, Feed>>): Promise<number> =>
    numbersOf((await forward({ ...feeds, ...changed })).loss)[0];
  const run = await openModel(gradientModel(model, { loss: "loss", withRespectTo, recompute }));
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

const noises = (opset: number): fc.Arbitrary<NoiseSource | undefined> =>
  fc.constantFrom(
    undefined,
    ...(opset >= 9 ? (["feeds"] as const) : []),
    ...(opset >= 18 ? (["graph"] as const) : []),
  );

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
      fc.record({
        seed: seeds,
        recompute: fc.constantFrom(undefined, "auto" as const),
        noise: noises(setting.opset),
      }),
      async (plan, { noise, ...point }) => {
        // Of sizes that are named no mask can be drawn before.
        const drawn = plan.named ? undefined : noise;
        told.push(...(await expectSlopes(networkOf(plan), { ...point, noise: drawn })));
      },
    );
    await fc.assert(law, { numRuns: 10, seed: setting.opset });
    expect(told.filter(Boolean).length / told.length).toBeGreaterThan(0.8);
  },
);
