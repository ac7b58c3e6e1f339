import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import * as index from "../../src/index.js";
import { layers } from "./layers.js";

type Layer = tf.layers.Layer;

const values = (tensor: unknown): number[] => [...(tensor as tf.Tensor).dataSync()];
const copyOf = (layer: Layer): Layer => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const [cls, fromConfig] = classNameMap[layer.getClassName()];
  return fromConfig(cls, layer.getConfig()) as Layer;
};
/** What configs of tfjs's own layers have too. */
const theirs = new Set([
  ...Object.keys(tf.layers.dense({ units: 1, inputShape: [1] }).getConfig()),
  ...["returnSequences", "returnState", "goBackwards", "stateful", "unroll"],
]);
const words = ["seed", "step"];

beforeAll(() => tf.setBackend("cpu"));

test("fields: the table has every factory of a layer", () => {
  const factories = Object.keys(index).filter((name) => /^[a-z]/.test(name));
  const ofModels = [
    ...["inspectDropout", "replaceDropout", "registerAsDefault"],
    ...["setRates", "stripDropout"],
  ];
  const ofCore = ["derive", "linearDepthRate"];
  const others = [...ofModels, ...ofCore];
  const missing = factories.filter((name) => !others.includes(name) && !(name in layers));
  expect(missing).toEqual([]);
});

describe.each(Object.keys(layers))("%s", (name) => {
  const { make, input } = layers[name];
  const fields = Object.keys(make({ name: "l" }).getConfig()).filter((key) => !theirs.has(key));
  // That of concreteDropout is where it starts.
  const rates = fields.filter((key) => /^(rate|[a-z]+Rate)$/.test(key) && key !== "initialRate");
  const settable = [...rates, ...words];

  test.each(settable)("fields: %s may be set, and noise and config follow", (field) => {
    const [layer, x] = [make({ name: "l" }), input()];
    const train = (one: Layer): number[] => values(one.apply(x, { training: true }));
    train(layer);
    const value = words.includes(field) ? 12 : 0.75;
    expect(Reflect.set(layer, field, value)).toBe(true);
    expect([Reflect.get(layer, field), layer.getConfig()[field]]).toEqual([value, value]);
    const copy = copyOf(layer);
    const [before, changed] = [make({ name: "l" }), train(layer)];
    copy.build([...x.shape]);
    copy.built = true;
    copy.setWeights(layer.getWeights());
    expect(train(copy)).toEqual(changed);
    before.step = 1;
    expect(changed).not.toEqual(train(before));
  });

  test.each(settable)("fields: %s is checked as it is set", (field) => {
    const layer = make({ name: "l" });
    const before: unknown = Reflect.get(layer, field);
    for (const wrong of [-1, 2 ** 32, Number.NaN]) {
      expect(() => Reflect.set(layer, field, wrong)).toThrow(`${field} must be`);
    }
    expect(Reflect.get(layer, field)).toBe(before);
  });

  test("fields: all others stay, and say so", () => {
    const layer = make({ name: "l" });
    const held = ["layer", "cell"].filter((key) => fields.includes(key));
    const others = [...fields, "site", "variant", ...held];
    for (const field of others.filter((key) => !settable.includes(key))) {
      const before: unknown = Reflect.get(layer, field);
      expect(() => Reflect.set(layer, field, 3)).toThrow(
        `${field} must stay as it was made, got 3`,
      );
      expect(Reflect.get(layer, field)).toEqual(before);
    }
  });
});

test("fields: a concrete rate is learned, so none can be set", () => {
  const layer = layers["concreteDropout"].make({ name: "l" });
  expect(() => Reflect.set(layer, "rate", 0.1)).toThrow(
    new TypeError('concreteDropout "l": rate must stay as it was made, got 0.1'),
  );
});
