import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { dropout, inspectDropout, setRates, variationalRnn, zoneoutRnn } from "../../src/index.js";
import { layers } from "../layers/layers.js";

beforeAll(() => tf.setBackend("cpu"));

const ratesOf = (model: tf.LayersModel): Record<string, (number | undefined)[]> => {
  const rates: Record<string, (number | undefined)[]> = {};
  for (const { layer, rate } of inspectDropout(model).sites) {
    rates[layer] = [...(rates[layer] ?? []), rate];
  }
  return rates;
};

/** Layers of every kind that has rates. */
function model(): tf.LayersModel {
  const cell = (): tf.layers.RNNCell => tf.layers.gruCell({ units: 3 });
  const inner = tf.sequential({
    name: "inner",
    layers: [dropout({ name: "deep", rate: 0.1, inputShape: [5, 4] })],
  });
  return tf.sequential({
    layers: [
      inner,
      variationalRnn({
        name: "v",
        cell: cell(),
        inputRate: 0.1,
        stateRate: 0.2,
        returnSequences: true,
      }),
      zoneoutRnn({ name: "z", cell: cell(), stateRate: 0.3, returnSequences: true }),
      tf.layers.lstm({ name: "own", units: 2, dropout: 0.1, recurrentDropout: 0.2 }),
      tf.layers.dropout({ name: "plain", rate: 0.4 }),
    ],
  });
}

describe("setRates", () => {
  test("one rate for all; what was 0 beside others stays 0", () => {
    const changed = model();
    setRates(changed, 0.25);
    expect(ratesOf(changed)).toEqual({
      "inner/deep": [0.25],
      v: [0.25, 0.25],
      z: [0.25],
      own: [0.25, 0.25],
      plain: [0.25],
    });
  });

  test("by layers, and by the rates of a layer; others stay", () => {
    const changed = model();
    setRates(changed, {
      "inner/deep": 0.5,
      v: { outputRate: 0.3 },
      own: { recurrentDropout: 0.4 },
      plain: 0,
    });
    expect(ratesOf(changed)).toEqual({
      "inner/deep": [0.5],
      v: [0.1, 0.2, 0.3],
      z: [0.3],
      own: [0.1, 0.4],
      plain: [0],
    });
  });

  test.each(Object.entries(layers).filter(([name]) => name !== "concreteDropout"))(
    "%s drops by the new rate from the next training step on",
    (_, { make, shape, input }) => {
      const [changed, made] = ["a", "b"].map((name) => make({ name, inputShape: shape.slice(1) }));
      setRates(tf.sequential({ layers: [changed] }), 0);
      const run = (layer: tf.layers.Layer, training: boolean): number[] => [
        ...(layer.apply(input(), { training, step: 3 }) as tf.Tensor).dataSync(),
      ];
      const clean = run(changed, false);
      // A dense layer with masks adds products in another order: seven roundings of sums below 4.
      for (const [i, y] of run(changed, true).entries()) {
        expect(Math.abs(y - clean[i])).toBeLessThan(7 * 4 * 2 ** -24);
      }
      expect(run(made, true)).not.toEqual(run(made, false));
    },
  );

  test.each<[unknown, string]>([
    [2, "setRates: rate of inner/deep must be in [0, 1], got 2"],
    ["0.5", "setRates: rate of inner/deep must be a number in [0, 1], got 0.5"],
    [
      { plain: 0.1, other: 0.5 },
      "setRates: layer must be one whose rate can be set (inner/deep, v, z, own, plain), got other",
    ],
    [
      { v: { rate: 0.5 } },
      "setRates: rate of v must be one of inputRate, stateRate, outputRate, got rate",
    ],
    [{ plain: 0.1, v: { stateRate: -1 } }, "setRates: stateRate of v must be in [0, 1], got -1"],
  ])("%j is an error, and nothing is set", (rates, message) => {
    const same = model();
    const before = ratesOf(same);
    expect(() => Reflect.apply(setRates, undefined, [same, rates])).toThrow(message);
    expect(ratesOf(same)).toEqual(before);
  });

  test("a model without such layers is an error", () => {
    const plain = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    expect(() => setRates(plain, 0.5)).toThrow(
      "setRates: model must have a layer whose rate can be set, got none",
    );
  });
});
