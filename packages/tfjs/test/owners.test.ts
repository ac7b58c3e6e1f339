import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import * as api from "../src/index.js";
import { layers } from "./layers/layers.js";

const words = [{ seed: -1 }, { step: 0.5 }, { site: 7 }, { site: "\ud800" }];
const rates = [{ rate: 2 }, { rate: "0.5" }, { rate: undefined }];
const dense = (): tf.layers.Layer => tf.layers.dense({ units: 2 });
const cell = (): tf.layers.RNNCell => tf.layers.gruCell({ units: 2 });
const states = { inputRate: 0.1, stateRate: 0.1, outputRate: 0.1 };
const noiseShapes = [...rates, { rate: 0.5, noiseShape: [0] }, { rate: 0.5, noiseShape: "x" }];
const formats = [...rates, { rate: 0.5, dataFormat: "middle" }];

/** Options of each layer's factory that are wrong, beside those of its seed, site and step. */
const options: Readonly<Record<string, readonly object[]>> = {
  alphaDropout: noiseShapes,
  dropout: noiseShapes,
  gaussianDropout: rates,
  spatialDropout1d: rates,
  spatialDropout2d: formats,
  spatialDropout3d: formats,
  dropBlock2d: [...formats, { rate: 0.5 }, { rate: 0.5, blockSize: 0 }],
  stochasticDepth: [...rates, { rate: 0.5, per: "step" }],
  tokenDropout: rates,
  dropConnect: [
    { rate: 0.5 },
    { rate: 0.5, layer: tf.layers.flatten() },
    { rate: 0.5, layer: tf.layers.lstm({ units: 2 }), per: "example" },
    { rate: 0.5, layer: tf.layers.lstm({ units: 2 }), samples: 2 },
    { rate: 2, layer: dense() },
    { rate: 0.5, layer: dense(), samples: 0 },
    { rate: 0.5, layer: dense(), per: "step" },
  ],
  concreteDropout: [
    {},
    { layer: tf.layers.lstm({ units: 2 }) },
    { layer: dense(), initialRate: 0 },
    { layer: dense(), temperature: "x" },
    { layer: dense(), weightRegularizer: -1 },
  ],
  embeddingDropout: [
    { rate: 0.5 },
    { rate: 0.5, layer: dense() },
    { rate: 2, layer: tf.layers.embedding({ inputDim: 3, outputDim: 2 }) },
  ],
  variationalRnn: [
    states,
    { cell: cell(), ...states, stateRate: 2 },
    { cell: tf.layers.gruCell({ units: 2, dropout: 0.5 }), ...states },
  ],
  zoneoutRnn: [
    {},
    { cell: dense(), stateRate: 0.1 },
    { cell: cell(), stateRate: 2 },
    { cell: cell(), stateRate: 0.1, cellRate: "x" },
  ],
};

const model = (): tf.Sequential =>
  tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });

const dropped = (): tf.Sequential =>
  tf.sequential({ layers: [api.dropout({ rate: 0.5, inputShape: [3] })] });

/** Calls of the other functions. */
const calls: Readonly<Record<string, readonly unknown[][]>> = {
  derive: [
    [-1, "data"],
    [1, "\ud800"],
  ],
  linearDepthRate: [[{ rate: 2, block: 1, blocks: 2 }], [{ rate: 0.5, block: 3, blocks: 2 }]],
  inspectDropout: [[undefined], [{}], [dense()]],
  replaceDropout: [[{}], [model(), { seed: -1 }]],
  stripDropout: [[undefined], [{}]],
  setRates: [[{}], [model(), 0.5], [dropped(), 2], [dropped(), { other: 0.5 }]],
  registerAsDefault: [],
};

const isClass = (value: object): boolean => Object.hasOwn(value, "className");
const factories = Object.entries(api)
  .filter(([, value]) => typeof value === "function" && !isClass(value))
  .map(([name]) => name);

test("every function of the entry is in one of the tables", () => {
  expect([...Object.keys(options), ...Object.keys(calls)].sort()).toEqual(factories.sort());
});

/** That an error names a function, with or without its layer, and says what it got. */
const names = (owner: string): RegExp => new RegExp(`^${owner}( "[^"]+")?: [^\\n]+, got [^\\n]+$`);

const call = (name: string, args: readonly unknown[]): unknown =>
  Reflect.apply(Reflect.get(api, name), undefined, args);

describe.each(Object.entries(options))("%s", (factory, rows) => {
  test.each([undefined, ...rows].map((row, i) => [i, row] as const))(
    "options %i are an error that names it",
    (_, row) => {
      expect(() => call(factory, [row])).toThrow(names(factory));
    },
  );

  const tested = layers[factory];
  if (tested === undefined) throw new Error(`no layer ${factory}`);

  test.each(words)("%j is an error that names it and its layer", (word) => {
    const args = { name: "given", ...word };
    expect(() => tested.make(args).apply(tested.input(), { training: true })).toThrow(
      names(`${factory} "given"`),
    );
  });

  test("what cannot be set, and a step of a call, are errors that name it and its layer", () => {
    const layer = tested.make({ name: "given" });
    const named = names(`${factory} "given"`);
    expect(() => Reflect.set(layer, "site", "other")).toThrow(named);
    expect(() => Reflect.set(layer, "seed", 0.5)).toThrow(named);
    if (typeof Reflect.get(layer, "rate") === "number") {
      expect(() => Reflect.set(layer, "rate", 2)).toThrow(named);
    }
    const run = (): unknown => layer.apply(tested.input(), { training: true, step: -1 });
    expect(run).toThrow(named);
  });
});

describe.each(Object.entries(calls).filter(([, rows]) => rows.length > 0))("%s", (name, rows) => {
  test.each(rows.map((row, i) => [i, row] as const))(
    "call %i is an error that names it",
    (_, row) => {
      expect(() => call(name, row)).toThrow(names(name));
    },
  );
});
