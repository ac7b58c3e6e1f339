import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { dropConnect, dropout, inspectDropout, replaceDropout } from "../../src/index.js";
import { backends } from "../backends/backends.js";
import { throughFiles } from "../layers/throughFiles.js";

const { layers } = tf;
const floats = (shape: number[], seed = 7): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);
const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const flat = (y: unknown): number[] => ([y].flat() as tf.Tensor[]).flatMap(list);
const chain = (shape: number[], ...all: tf.layers.Layer[]): tf.Sequential =>
  tf.sequential({ layers: [layers.inputLayer({ inputShape: shape }), ...all] });
const weightsOf = (model: tf.LayersModel): number[][] => model.getWeights().map(list);
const train = (model: tf.LayersModel, x: tf.Tensor | tf.Tensor[]): number[] =>
  flat(model.apply(x, { training: true }));

const rnnArgs = { units: 3, dropout: 0.25, recurrentDropout: 0.5 };
const cells: { readonly [name: string]: (args: object) => tf.layers.RNNCell } = {
  LSTM: (args) => layers.lstmCell({ units: 3, ...args }),
  GRU: (args) => layers.gruCell({ units: 3, ...args }),
  SimpleRNN: (args) => layers.simpleRNNCell({ units: 3, ...args }),
};

/** Two inputs, two outputs, a shared layer, a nested model, wrappers. */
function siamese(): tf.LayersModel {
  const [a, b] = ["a", "b"].map((name) => tf.input({ shape: [4, 3], name }));
  const inner = tf.sequential({
    name: "inner",
    layers: [
      layers.timeDistributed({
        layer: layers.dropout({ rate: 0.25, name: "each" }),
        inputShape: [4, 3],
        name: "time",
      }),
      layers.gru({ ...rnnArgs, returnSequences: true, name: "gru" }) as tf.layers.Layer,
    ],
  });
  const shared = layers.dropout({ rate: 0.5, seed: 3, name: "shared" });
  const [p, q] = [a, b].map((x) => shared.apply(inner.apply(x)) as tf.SymbolicTensor);
  const both = layers.bidirectional({
    layer: layers.lstm({ ...rnnArgs, name: "lstm" }) as tf.RNN,
    mergeMode: "concat",
    name: "both",
  });
  const joined = both.apply(layers.add().apply([p, q]));
  const outputs = [layers.dense({ units: 2, name: "y" }).apply(joined) as tf.SymbolicTensor, p];
  return tf.model({ inputs: [a, b], outputs, name: "siamese" });
}

describe.each(backends)("%s", (backend) => {
  test.beforeAll(() => tf.setBackend(backend));

  test("replaceDropout: a graph of all of it predicts the same, to the bit, with the same weights", () => {
    const model = siamese();
    const x = [floats([2, 4, 3]), floats([2, 4, 3], 8)];
    const before = inspectDropout(model);
    const { model: copy, replaced, kept } = replaceDropout(model);
    expect(flat(copy.predict(x))).toEqual(flat(model.predict(x)));
    expect(weightsOf(copy)).toEqual(weightsOf(model));
    expect(copy.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    expect(copy.name).toBe("siamese");
    const rnn = { to: "dropoutkit>VariationalRnn", rates: { inputRate: 0.25, stateRate: 0.5 } };
    const one = { from: "Dropout", to: "dropoutkit>Dropout" };
    expect(replaced).toEqual([
      { layer: "inner/time/each", ...one, rates: { rate: 0.25 } },
      { layer: "inner/gru", from: "GRU", ...rnn },
      { layer: "shared", ...one, rates: { rate: 0.5 } },
      { layer: "both/lstm", from: "LSTM", ...rnn },
    ]);
    expect(kept).toEqual([]);
    // What was given is as it was.
    expect(inspectDropout(model)).toEqual(before);
    expect(inspectDropout(copy).sites.every(({ kind }) => kind === "dropoutkit")).toBe(true);
  });

  test("replaceDropout: training draws another mask at each step where tfjs repeated it", () => {
    const x = tf.ones([8, 8]);
    const model = chain([8], layers.dropout({ rate: 0.5, seed: 3, name: "drop" }));
    expect(train(model, x)).toEqual(train(model, x));
    const { model: copy } = replaceDropout(model, { seed: 5 });
    const first = train(copy, x);
    expect(train(copy, x)).not.toEqual(first);
    const ours = dropout({ rate: 0.5, seed: 5, name: "drop" });
    expect(first).toEqual(list(ours.apply(x, { training: true }) as tf.Tensor));
  });

  test.each(Object.keys(cells))(
    "replaceDropout: a %s layer, alone and as cells in tf.layers.rnn, draws anew and predicts the same",
    (name) => {
      const x = floats([3, 4, 2]);
      const dropping = { dropout: 0.25, recurrentDropout: 0.5 };
      const stack = [1, 2].map(() => cells[name](dropping));
      const make = { LSTM: layers.lstm, GRU: layers.gru, SimpleRNN: layers.simpleRNN }[name];
      const all = [
        make?.({ ...rnnArgs, goBackwards: true, returnSequences: true }) as tf.layers.Layer,
        layers.rnn({ cell: cells[name](dropping) }),
        layers.rnn({ cell: stack, returnState: false }),
      ];
      for (const layer of all) {
        const model = chain([4, 2], layer);
        const { model: copy, replaced } = replaceDropout(model);
        expect(replaced).toHaveLength(1);
        const y = flat(copy.predict(x));
        expect(weightsOf(copy)).toEqual(weightsOf(model));
        expect(train(copy, x)).not.toEqual(train(copy, x));
        // Still free of noise after training; tfjs's own is asked last, for its predict makes a mask.
        expect(flat(copy.predict(x))).toEqual(y);
        expect(y).toEqual(flat(model.predict(x)));
        expect(inspectDropout(copy).pitfalls.map(({ code }) => code)).not.toContain("stuckMask");
      }
    },
  );

  test("replaceDropout: each model is disposed of for itself, and nothing is left", () => {
    const before = tf.memory().numTensors;
    // No nested model: tfjs leaves the weights of one that is called.
    const model = chain(
      [4, 3],
      layers.timeDistributed({ layer: layers.dropout({ rate: 0.5 }) }),
      layers.bidirectional({
        layer: layers.lstm({ ...rnnArgs, returnSequences: true }) as tf.RNN,
        mergeMode: "concat",
      }),
      layers.gru(rnnArgs) as tf.layers.Layer,
    );
    const held = tf.memory().numTensors;
    const { model: copy } = replaceDropout(model);
    expect(tf.memory().numTensors - held).toBe(held - before);
    const values = tf.tidy(() => weightsOf(model));
    model.dispose();
    expect(tf.tidy(() => weightsOf(copy))).toEqual(values);
    copy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("replaceDropout: a trained copy leaves the model's weights alone", async () => {
    const model = chain([4], layers.dropout({ rate: 0.5 }), layers.dense({ units: 1 }));
    const values = weightsOf(model);
    const { model: copy } = replaceDropout(model);
    copy.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await copy.trainOnBatch(floats([8, 4]), floats([8, 1], 8));
    expect(weightsOf(copy)).not.toEqual(values);
    expect(weightsOf(model)).toEqual(values);
  });
});

describe("replaceDropout", () => {
  test.beforeAll(() => tf.setBackend("cpu"));

  test("a saved and loaded copy predicts the same and goes on with the step's noise", async () => {
    const { model: copy } = replaceDropout(siamese(), { seed: 3 });
    const x = [floats([2, 4, 3]), floats([2, 4, 3], 8)];
    train(copy, x);
    const loaded = await throughFiles(copy);
    expect(flat(loaded.predict(x))).toEqual(flat(copy.predict(x)));
    expect(train(loaded, x)).toEqual(train(copy, x));
  });

  test("is idempotent, and leaves noise of this package as it is", () => {
    const { model: once } = replaceDropout(siamese(), { seed: 3 });
    const x = [floats([2, 4, 3]), floats([2, 4, 3], 8)];
    train(once, x);
    const { model: twice, replaced, kept } = replaceDropout(once, { seed: 4 });
    expect([replaced, kept]).toEqual([[], []]);
    expect(inspectDropout(twice)).toEqual(inspectDropout(once));
    expect(train(twice, x)).toEqual(train(once, x));
  });

  test("a model without tfjs's dropout comes back equal", () => {
    const model = chain(
      [4],
      layers.dense({ units: 3 }),
      dropConnect({ layer: layers.dense({ units: 2 }), rate: 0.5, name: "w" }),
    );
    model.setUserDefinedMetadata({ labels: ["a", "b"] });
    const { model: copy, replaced, kept } = replaceDropout(model);
    expect([replaced, kept]).toEqual([[], []]);
    expect(copy.toJSON(null, false)).toEqual(model.toJSON(null, false));
    expect(weightsOf(copy)).toEqual(weightsOf(model));
    expect(copy.getUserDefinedMetadata()).toEqual({ labels: ["a", "b"] });
  });

  test("every kind of activation dropout keeps its rate, and its noise shape, and what tfjs lost of it", () => {
    const model = chain(
      [4, 2],
      layers.dropout({ rate: 0.1, noiseShape: [null, 1, null] as unknown as number[] }),
      layers.alphaDropout({ rate: 0.2, noiseShape: [1, 1, 2] }),
      layers.gaussianDropout({ rate: 0.3 }),
      layers.spatialDropout1d({ rate: 0.4 }),
    );
    const { model: copy, replaced } = replaceDropout(model);
    expect(replaced.map(({ from, to, rates }) => [from, to, rates])).toEqual([
      ["Dropout", "dropoutkit>Dropout", { rate: 0.1 }],
      ["AlphaDropout", "dropoutkit>AlphaDropout", { rate: 0.2 }],
      ["GaussianDropout", "dropoutkit>GaussianDropout", { rate: 0.3 }],
      ["SpatialDropout1D", "dropoutkit>SpatialDropout1D", { rate: 0.4 }],
    ]);
    expect(copy.layers.slice(-4).map((layer) => layer.getConfig()["noiseShape"])).toEqual([
      [null, 1, null],
      [1, 1, 2],
      undefined,
      undefined,
    ]);
  });

  test("layers of one name in two nested models draw their own noise", () => {
    const half = (name: string): tf.LayersModel =>
      tf.sequential({
        name,
        layers: [layers.dropout({ rate: 0.5, name: "drop", inputShape: [9] })],
      });
    const x = tf.input({ shape: [9] });
    const outputs = ["left", "right"].map((name) => half(name).apply(x) as tf.SymbolicTensor);
    const { model } = replaceDropout(tf.model({ inputs: x, outputs }));
    expect(inspectDropout(model).sites.map(({ site }) => site)).toEqual([
      "left/drop",
      "right/drop",
    ]);
    const [left, right] = model.apply(tf.ones([2, 9]), { training: true }) as tf.Tensor[];
    expect(list(left)).not.toEqual(list(right));
  });

  test("weights are the same where a constraint would change them, and what is frozen is frozen", () => {
    const held = layers.dense({
      units: 2,
      kernelConstraint: tf.constraints.nonNeg(),
      name: "held",
    });
    const norm = layers.batchNormalization({ name: "norm" });
    const inner = tf.sequential({
      name: "inner",
      layers: [layers.dense({ units: 2, inputShape: [2] })],
    });
    const last = layers.dense({ units: 1, name: "last" });
    const both = layers.bidirectional({
      layer: layers.gru(rnnArgs) as tf.RNN,
      mergeMode: "sum",
      name: "both",
    });
    const model = chain([4, 3], both, held, norm, inner, layers.dropout({ rate: 0.5 }), last);
    [both, norm, inner].forEach((layer) => {
      layer.trainable = false;
    });
    // A model freezes the weights of its layers, and not the layers: what base networks are frozen by.
    const base = tf.model({
      inputs: model.inputs,
      outputs: held.output as tf.SymbolicTensor,
    });
    base.trainable = false;
    tf.tidy(() => {
      model.weights.forEach((weight, i) => {
        (weight.read() as tf.Variable).assign(floats(weight.shape as number[], i));
      });
    });
    expect(Math.min(...list(held.weights[0].read()))).toBeLessThan(0);
    const { model: copy } = replaceDropout(model);
    expect(weightsOf(copy)).toEqual(weightsOf(model));
    const shapes = (of: tf.LayersModel): unknown => of.trainableWeights.map(({ shape }) => shape);
    expect(shapes(copy)).toEqual(shapes(model));
    expect(copy.trainableWeights).toHaveLength(2);
  });

  test("masks of padding and kept states act on a recurrent layer as they did", () => {
    const model = tf.sequential({
      layers: [
        layers.embedding({
          inputDim: 5,
          outputDim: 3,
          maskZero: true,
          batchInputShape: [2, 4],
        }),
        layers.gru({ ...rnnArgs, stateful: true }) as tf.layers.Layer,
      ],
    });
    const { model: copy } = replaceDropout(model);
    const x = tf.tensor2d([
      [1, 2, 0, 0],
      [3, 1, 4, 1],
    ]);
    for (let i = 0; i < 2; i++) {
      expect(flat(copy.predict(x))).toEqual(flat(model.predict(x)));
    }
  });

  test("the states of an encoder enter a decoder as they did", () => {
    const [source, target] = [1, 2].map(() => tf.input({ shape: [4, 3] }));
    const encoder = layers.lstm({
      ...rnnArgs,
      returnState: true,
      name: "encoder",
    }) as tf.layers.Layer;
    const decoder = layers.lstm({
      ...rnnArgs,
      returnSequences: true,
      name: "decoder",
    }) as tf.layers.Layer;
    const [, h, c] = encoder.apply(source) as tf.SymbolicTensor[];
    const outputs = decoder.apply([target, h, c]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [source, target], outputs });
    const { model: copy, replaced } = replaceDropout(model);
    const x = [floats([2, 4, 3]), floats([2, 4, 3], 8)];
    expect(replaced).toHaveLength(2);
    expect(flat(copy.predict(x))).toEqual(flat(model.predict(x)));
    expect(train(copy, x)).not.toEqual(train(copy, x));
  });

  test("what cannot be replaced stays, with the reason", () => {
    const own = (x: tf.Tensor): tf.Tensor => x;
    const two = [0.1, 0.2].map((rate) => layers.gruCell({ units: 2, dropout: rate }));
    const model = chain(
      [3, 8, 8, 1],
      layers.convLstm2d({
        filters: 1,
        kernelSize: 3,
        dropout: 0.5,
        name: "maps",
      }) as tf.layers.Layer,
      layers.reshape({ targetShape: [6, 6] }),
      layers.rnn({ cell: two, returnSequences: true, name: "two" }),
      layers.lstm({
        units: 2,
        dropout: 0.5,
        dropoutFunc: own,
        returnSequences: true,
        name: "own",
      }) as tf.layers.Layer,
      layers.gaussianDropout({ rate: 1.7, name: "wild" }),
    );
    const { model: copy, replaced, kept } = replaceDropout(model);
    expect(replaced).toEqual([]);
    expect(kept).toEqual([
      { layer: "maps", className: "ConvLSTM2D", reason: "variationalRnn cannot be a ConvLSTM2D" },
      {
        layer: "two",
        className: "RNN",
        reason: "its cells have different rates, and variationalRnn one for all",
      },
      { layer: "own", className: "LSTM", reason: "its dropoutFunc is code, which no config holds" },
      { layer: "wild", className: "GaussianDropout", reason: "a rate must be in [0, 1], got 1.7" },
    ]);
    expect(weightsOf(copy)).toEqual(weightsOf(model));
  });

  test("a layer whose class is not registered is an error", () => {
    class Unknown extends tf.layers.Layer {
      static readonly className = "Unknown";
    }
    const inner = new Unknown({ name: "x" });
    const model = chain([4, 2], layers.timeDistributed({ layer: inner, name: "time" }));
    expect(() => replaceDropout(model)).toThrow(
      new Error(
        "deserialize: class must be registered with tf.serialization.registerClass, got Unknown",
      ),
    );
  });

  test("a layer that two models share is an error", () => {
    const tied = layers.dense({ units: 3, name: "tied" });
    const half = (name: string): tf.LayersModel => {
      const x = tf.input({ shape: [3] });
      return tf.model({ inputs: x, outputs: tied.apply(x) as tf.SymbolicTensor, name });
    };
    expect(() => replaceDropout(chain([3], half("left"), half("right")))).toThrow(
      new Error(
        'replaceDropout: a layer with weights must be in one place of one model, got "right/tied" for the second time',
      ),
    );
  });

  test("two models may share a layer without weights, and two wrappers the layer that they copy", () => {
    const relu = layers.reLU({ name: "relu" });
    const half = (name: string): tf.LayersModel => {
      const x = tf.input({ shape: [4, 3] });
      return tf.model({ inputs: x, outputs: relu.apply(x) as tf.SymbolicTensor, name });
    };
    const layer = layers.gru({ ...rnnArgs, returnSequences: true }) as tf.RNN;
    const two = [1, 2].map(() => layers.bidirectional({ layer, mergeMode: "sum" }));
    const model = chain([4, 3], half("left"), ...two, half("right"));
    const { model: copy, replaced } = replaceDropout(model);
    expect(replaced).toHaveLength(2);
    const x = floats([2, 4, 3]);
    expect(flat(copy.predict(x))).toEqual(flat(model.predict(x)));
  });

  test("a seed that is no 32-bit word is an error", () => {
    expect(() => replaceDropout(chain([3]), { seed: -1 })).toThrow(
      new RangeError("replaceDropout: seed must be an integer in [0, 2^32), got -1"),
    );
  });
});

test("replaceDropout: a training: true of the graph, which tfjs forgets, holds in the copy", () => {
  const x = tf.input({ shape: [64] });
  const y = layers.dropout({ rate: 0.5 }).apply(x, { training: true }) as tf.SymbolicTensor;
  const given = tf.model({ inputs: x, outputs: y });
  const { model } = replaceDropout(given);
  const predicted = (it: tf.LayersModel): number[] => flat(it.predict(tf.ones([1, 64])));
  expect(predicted(given)).not.toContain(0);
  expect(predicted(model)).toContain(0);
});
