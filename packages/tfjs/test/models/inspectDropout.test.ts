import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  concreteDropout,
  dropBlock2d,
  dropConnect,
  dropout,
  embeddingDropout,
  inspectDropout,
  type PitfallCode,
  spatialDropout2d,
  stochasticDepth,
  variationalRnn,
  zoneoutRnn,
} from "../../src/index.js";

const { layers } = tf;
const dense = (units = 4): tf.layers.Layer => layers.dense({ units });
const conv = (filters = 2): tf.layers.Layer => layers.conv2d({ filters, kernelSize: 3 });
/** A model of layers on an input of a shape. */
const chain = (shape: number[], ...all: tf.layers.Layer[]): tf.LayersModel =>
  tf.sequential({ layers: [layers.inputLayer({ inputShape: shape }), ...all] });
const codes = (model: tf.LayersModel): PitfallCode[] =>
  inspectDropout(model).pitfalls.map(({ code }) => code);

beforeAll(() => tf.setBackend("cpu"));

describe("sites", () => {
  test("inspectDropout: a layer of this package tells rate, place, seed, site and step", () => {
    const drop = dropout({ rate: 0.25, seed: 7, name: "drop", site: "hidden" });
    const model = chain([4], drop, dense());
    model.apply(tf.ones([1, 4]), { training: true });
    expect(inspectDropout(model)).toEqual({
      sites: [
        {
          kind: "dropoutkit",
          layer: "drop",
          className: "dropoutkit>Dropout",
          variant: "dropout",
          place: "activation",
          rate: 0.25,
          seed: 7,
          site: "hidden",
          step: 1,
        },
      ],
      pitfalls: [],
    });
  });

  test("inspectDropout: tfjs's own layers are listed with what is known of them", () => {
    const model = chain(
      [3, 4],
      layers.dropout({ rate: 0.1, seed: 3, name: "a" }),
      layers.spatialDropout1d({ rate: 0.2, name: "b" }),
      layers.alphaDropout({ rate: 0.3, name: "c" }),
      layers.gaussianDropout({ rate: 0.4, name: "d" }),
      layers.lstm({ units: 2, dropout: 0.5, recurrentDropout: 0.6, name: "e" }),
      dense(),
    );
    const rows = inspectDropout(model).sites.map(({ kind, layer, variant, place, rate, seed }) => [
      ...[kind, layer, variant],
      ...[place, rate, seed],
    ]);
    expect(rows).toEqual([
      ["tfjs", "a", "dropout", "activation", 0.1, 3],
      ["tfjs", "b", "spatialDropout", "activation", 0.2, undefined],
      ["tfjs", "c", "alphaDropout", "activation", 0.3, undefined],
      ["tfjs", "d", "gaussianDropout", "activation", 0.4, undefined],
      ["tfjs", "e", "variationalDropout", "input", 0.5, undefined],
      ["tfjs", "e", "variationalDropout", "state", 0.6, undefined],
    ]);
  });

  test("inspectDropout: a place of several without noise is no site, a learned rate is undefined", () => {
    const model = chain(
      [3, 4],
      variationalRnn({
        cell: layers.gruCell({ units: 4, name: "cell" }),
        stateRate: 0.5,
        returnSequences: true,
        name: "v",
      }),
      zoneoutRnn({ cell: layers.lstmCell({ units: 4 }), stateRate: 0.1, cellRate: 0.2, name: "z" }),
      dropConnect({ layer: dense(), rate: 0.3, name: "w" }),
      concreteDropout({ layer: dense(), name: "c" }),
      dropout({ rate: 0, name: "none" }),
      dense(),
    );
    const rows = inspectDropout(model).sites.map(({ layer, place, rate }) => [layer, place, rate]);
    expect(rows).toEqual([
      ["v", "state", 0.5],
      ["z", "nextState", 0.1],
      ["z", "nextCell", 0.2],
      ["w", "kernel", 0.3],
      ["w", "bias", 0.3],
      ["c", "input", undefined],
      ["none", "activation", 0],
    ]);
  });

  test("inspectDropout: a path goes through models, wrappers and cells, and a shared layer is there once", () => {
    const inner = tf.sequential({
      name: "inner",
      layers: [
        layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 3, name: "table" }),
        layers.timeDistributed({ layer: dropout({ rate: 0.1, name: "each" }), name: "time" }),
      ],
    });
    const [a, b] = [1, 2].map(() => tf.input({ shape: [3] }));
    const shared = dropout({ rate: 0.2, name: "shared" });
    const read = (x: tf.SymbolicTensor): tf.SymbolicTensor =>
      shared.apply(inner.apply(x)) as tf.SymbolicTensor;
    const cells = [0.3, 0].map((rate, i) =>
      layers.gruCell({ units: 4, dropout: rate, name: `gru${i}` }),
    );
    const stack = layers.stackedRNNCells({ cells, name: "stack" });
    const both = layers.add().apply([read(a), read(b)]);
    const rnn = layers.rnn({ cell: stack, returnSequences: true, name: "rnn" }).apply(both);
    const two = layers.bidirectional({
      layer: layers.lstm({ units: 2, dropout: 0.4, name: "lstm" }) as tf.RNN,
      mergeMode: "concat",
      name: "two",
    });
    const outputs = two.apply(rnn) as tf.SymbolicTensor;
    const { sites } = inspectDropout(tf.model({ inputs: [a, b], outputs }));
    expect(sites.map(({ layer, rate }) => [layer, rate]).sort()).toEqual([
      ["inner/time/each", 0.1],
      ["rnn/stack/gru0", 0.3],
      ["shared", 0.2],
      ["two/backward_lstm", 0.4],
      ["two/forward_lstm", 0.4],
    ]);
  });
});

describe("pitfalls", () => {
  test("noisyOutput: dropout at the end, also before activations and in what is nested last", () => {
    const end = (...all: tf.layers.Layer[]): PitfallCode[] => codes(chain([4], dense(), ...all));
    const nested = chain([4], dense(), dropout({ rate: 0.5 }));
    expect(end(dropout({ rate: 0.5 }))).toEqual(["noisyOutput"]);
    expect(end(dropout({ rate: 0.5 }), layers.softmax())).toEqual(["noisyOutput"]);
    expect(end(nested)).toEqual(["noisyOutput"]);
    expect(end(nested, dense())).toEqual([]);
    expect(end(dropConnect({ layer: dense(), rate: 0.5 }))).toEqual([]);
    const sequence = (rates: object): PitfallCode[] =>
      codes(chain([3, 4], variationalRnn({ cell: layers.gruCell({ units: 2 }), ...rates })));
    expect(sequence({ outputRate: 0.5 })).toEqual(["noisyOutput"]);
    expect(sequence({ stateRate: 0.5 })).toEqual([]);
  });

  test("noisyOutput: only the outputs that the model has", () => {
    const x = tf.input({ shape: [4] });
    const drop = dropout({ rate: 0.5, name: "drop" }).apply(x) as tf.SymbolicTensor;
    const y = dense().apply(drop) as tf.SymbolicTensor;
    expect(codes(tf.model({ inputs: x, outputs: y }))).toEqual([]);
    const { pitfalls } = inspectDropout(tf.model({ inputs: x, outputs: [y, drop] }));
    expect(pitfalls).toMatchObject([{ code: "noisyOutput", sites: [{ layer: "drop" }] }]);
    expect(pitfalls[0].message).toBe(
      `"drop" makes the model's output noisy; dropout goes before the last layer with weights`,
    );
  });

  test("entriesOfMaps: draws for each entry after a convolution, ours and tfjs's, through what keeps maps", () => {
    const after = (...all: tf.layers.Layer[]): PitfallCode[] =>
      codes(chain([8, 8, 1], conv(), ...all, layers.flatten(), dense()));
    const pool = layers.maxPooling2d({ poolSize: 2 });
    const passes = [layers.batchNormalization(), layers.reLU(), pool];
    expect(after(dropout({ rate: 0.5 }))).toEqual(["entriesOfMaps"]);
    expect(after(...passes, layers.dropout({ rate: 0.5 }))).toEqual(["entriesOfMaps"]);
    expect(after(dropout({ rate: 0.5, noiseShape: [null, null, null, null] }))).toEqual([
      "entriesOfMaps",
    ]);
    expect(after(dropout({ rate: 0.5, noiseShape: [null, 1, 1, null] }))).toEqual([]);
    expect(after(layers.dropout({ rate: 0.5, noiseShape: [1, 1, 1, 2] }))).toEqual([]);
    expect(after(spatialDropout2d({ rate: 0.5 }))).toEqual([]);
    expect(after(dropBlock2d({ rate: 0.5, blockSize: 2 }))).toEqual([]);
    expect(after(stochasticDepth({ rate: 0.5 }))).toEqual([]);
    expect(
      codes(chain([8, 8, 1], conv(), layers.flatten(), dropout({ rate: 0.5 }), dense())),
    ).toEqual([]);
    expect(codes(chain([8, 8, 1], dropout({ rate: 0.5 }), conv(), layers.flatten()))).toEqual([]);
  });

  test("entriesOfMaps: across the borders of nested models and wrappers", () => {
    const maps = (): tf.LayersModel => chain([8, 8, 1], conv());
    const drops = (): tf.LayersModel => chain([6, 6, 2], dropout({ rate: 0.5 }), layers.flatten());
    expect(codes(chain([8, 8, 1], maps(), drops(), dense()))).toEqual(["entriesOfMaps"]);
    expect(codes(chain([6, 6, 2], drops(), dense()))).toEqual([]);
    const over = (layer: tf.layers.Layer): tf.layers.Layer => layers.timeDistributed({ layer });
    const video = chain(
      [3, 8, 8, 1],
      over(maps()),
      over(dropout({ rate: 0.5 })),
      layers.flatten(),
      dense(),
    );
    expect(codes(video)).toEqual(["entriesOfMaps"]);
    const noisy = dropConnect({ layer: conv(), rate: 0.3, per: "batch" });
    const model = chain([8, 8, 1], noisy, dropout({ rate: 0.5 }), layers.flatten(), dense());
    expect(codes(model)).toEqual(["entriesOfMaps"]);
  });

  test("oneRate: three layers of one rate, of any kind", () => {
    const at = (...rates: number[]): tf.LayersModel =>
      chain([4], ...rates.flatMap((rate) => [dropout({ rate }), dense()]));
    expect(codes(at(0.5, 0.5, 0.5))).toEqual(["oneRate"]);
    expect(codes(at(0.5, 0.5, 0.2))).toEqual([]);
    expect(codes(at(0.5, 0.5))).toEqual([]);
    expect(codes(at(0, 0, 0))).toEqual([]);
    const mixed = chain(
      [4],
      dropout({ rate: 0.5 }),
      layers.gaussianDropout({ rate: 0.5 }),
      dense(),
    );
    expect(codes(mixed)).toEqual([]);
    expect(codes(chain([4], mixed, dropConnect({ layer: dense(), rate: 0.5 })))).toEqual([
      "oneRate",
    ]);
    expect(inspectDropout(at(0.5, 0.5, 0.5)).pitfalls[0].message).toMatch(
      /^"\w+", "\w+", "\w+" all drop at one rate; inputs bear less than wide hidden layers/,
    );
  });

  test("stuckMask: tfjs's cells in tf.layers.rnn, whose predict is noisy after training, and no others", () => {
    const cell = layers.lstmCell({ units: 2, dropout: 0.5, recurrentDropout: 0.25, name: "cell" });
    const model = chain([3, 4], layers.rnn({ cell, name: "rnn" }));
    const { pitfalls } = inspectDropout(model);
    expect(pitfalls).toMatchObject([{ code: "stuckMask", sites: [{ rate: 0.5 }, { rate: 0.25 }] }]);
    expect(pitfalls[0].message).toMatch(/^"rnn\/cell" keeps its first mask for ever/);
    // The fact that the rule stands on.
    const predict = (): number[] => [
      ...(model.predict(tf.ones([1, 3, 4])) as tf.Tensor).dataSync(),
    ];
    model.apply(tf.ones([1, 3, 4]), { training: true });
    const noisy = predict();
    Reflect.set(cell, "dropoutMask", null);
    Reflect.set(cell, "recurrentDropoutMask", null);
    expect(noisy).not.toEqual(predict());

    for (const make of [layers.lstm, layers.gru, layers.simpleRNN]) {
      expect(codes(chain([3, 4], make({ units: 2, dropout: 0.5 }) as tf.layers.Layer))).toEqual([]);
    }
    expect(codes(chain([3, 4], layers.rnn({ cell: layers.gruCell({ units: 2 }) })))).toEqual([]);
  });

  /** A layer that is told to train where its graph is built. */
  const called = (layer: tf.layers.Layer, args: object | undefined): tf.LayersModel => {
    const x = tf.input({ shape: [4] });
    const drop = layer.apply(x, args) as tf.SymbolicTensor;
    const outputs = layers.repeatVector({ n: 1 }).apply(drop) as tf.SymbolicTensor;
    return tf.model({ inputs: x, outputs });
  };
  const predicted = (model: tf.LayersModel): number[] => [
    ...(model.predict(tf.ones([1, 4])) as tf.Tensor).dataSync(),
  ];

  test("ignoredTraining: tfjs's layer, or a nested model, told to train, whose predict is free of noise", () => {
    const theirs = (args?: object): tf.LayersModel => called(layers.dropout({ rate: 0.5 }), args);
    expect(codes(theirs({ training: true }))).toEqual(["ignoredTraining"]);
    expect(codes(theirs())).toEqual([]);
    // The fact that the rule stands on, here and for the nested model.
    expect(predicted(theirs({ training: true }))).toEqual([1, 1, 1, 1]);
    const nested = called(
      chain([4], dropout({ rate: 0.5 }), layers.activation({ activation: "linear" })),
      {
        training: true,
      },
    );
    expect(predicted(nested)).toEqual([1, 1, 1, 1]);
    expect(codes(nested)).toEqual(["ignoredTraining"]);
  });

  test("noisyInference: our layer told to train, whose predict has noise", () => {
    const ours = (args?: object): tf.LayersModel => called(dropout({ rate: 1 }), args);
    expect(codes(ours({ training: true }))).toEqual(["noisyInference"]);
    expect(codes(ours())).toEqual([]);
    expect(predicted(ours({ training: true }))).toEqual([0, 0, 0, 0]);
  });

  test("repeatedMask: tfjs's seeded dropout; not ours, and not without a seed", () => {
    const seeded = (args: object): PitfallCode[] =>
      codes(chain([4], layers.dropout({ rate: 0.5, ...args }), dense()));
    expect(seeded({ seed: 1 })).toEqual(["repeatedMask"]);
    expect(seeded({})).toEqual([]);
    expect(codes(chain([4], dropout({ rate: 0.5, seed: 1 }), dense()))).toEqual([]);
  });

  test("sameNoise: one seed and site, names with equal hashes, one seed of tfjs's", () => {
    const two = (a: object, b: object): PitfallCode[] =>
      codes(
        chain([4], dropout({ rate: 0.5, ...a }), dense(), dropout({ rate: 0.2, ...b }), dense()),
      );
    expect(two({ site: "one" }, { site: "one" })).toEqual(["sameNoise"]);
    expect(two({ site: "one" }, { site: "one", seed: 1 })).toEqual([]);
    // Known collision of 32-bit FNV-1a.
    expect(two({ site: "costarring" }, { site: "liquid" })).toEqual(["sameNoise"]);
    expect(two({}, {})).toEqual([]);
    const theirs = (seed: number): PitfallCode[] =>
      codes(
        chain([4], ...[1, seed].map((each) => layers.dropout({ rate: 0.5, seed: each })), dense()),
      );
    expect(theirs(1)).toContain("sameNoise");
    expect(theirs(2)).not.toContain("sameNoise");
  });

  test("wrongAlpha: tfjs's alphaDropout", () => {
    const { pitfalls } = inspectDropout(
      chain([4], layers.alphaDropout({ rate: 0.5, name: "alpha" }), dense()),
    );
    expect(pitfalls.map(({ message }) => message)).toEqual([
      `"alpha" moves mean and variance, for tfjs has its sign wrong; replaceDropout mends it`,
    ]);
    expect(codes(chain([4], layers.gaussianDropout({ rate: 0.5 }), dense()))).toEqual([]);
  });

  test("a model without dropout has nothing to tell", () => {
    expect(inspectDropout(chain([4], dense()))).toEqual({ sites: [], pitfalls: [] });
  });

  test("a layer that comes before itself is walked once", () => {
    const shared = layers.reLU();
    const x = tf.input({ shape: [8, 8, 1] });
    const once = shared.apply(conv(1).apply(x));
    const drop = dropout({ rate: 0.5 }).apply(shared.apply(layers.reLU().apply(once)));
    const outputs = layers.flatten().apply(drop) as tf.SymbolicTensor;
    expect(codes(tf.model({ inputs: x, outputs }))).toEqual(["entriesOfMaps"]);
  });

  test("embeddingDropout after nothing but its input is a site and no pitfall", () => {
    const table = layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 3 });
    const model = tf.sequential({
      layers: [
        embeddingDropout({ layer: table, rate: 0.1, inputShape: [3] }),
        layers.flatten(),
        dense(),
      ],
    });
    expect(inspectDropout(model)).toMatchObject({ sites: [{ place: "kernel" }], pitfalls: [] });
  });
});
