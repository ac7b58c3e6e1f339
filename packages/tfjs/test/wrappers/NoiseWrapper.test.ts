import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { concreteDropout, dropConnect, embeddingDropout } from "../../src/index.js";
import type { NoiseWrapper, NoiseWrapperArgs } from "../../src/wrappers/NoiseWrapper.js";
import { throughFiles } from "../layers/throughFiles.js";
import {
  kernelKinds,
  recurrentKinds,
  SEQUENCES,
  type WrappedKind,
  wrappedKinds,
} from "./wrappedKinds.js";

type Layer = tf.layers.Layer;
type Output = ReturnType<Layer["apply"]>;

const lists = (output: Output): number[][] =>
  [output].flat().map((y) => [...(y as tf.Tensor).dataSync()]);
const input = ({ shape }: Pick<WrappedKind, "shape">): tf.Tensor =>
  tf.randomUniform([...shape], 0, 5, "float32", 5);

/** Every wrapper at rate 0, and the kinds that it takes. */
const wrappers: {
  readonly [factory: string]: {
    readonly kinds: readonly string[];
    wrap(args: NoiseWrapperArgs): NoiseWrapper;
  };
} = {
  dropConnect: {
    kinds: [...Object.keys(kernelKinds), ...Object.keys(recurrentKinds)],
    wrap: (args) => dropConnect({ rate: 0, ...args }),
  },
  concreteDropout: { kinds: Object.keys(kernelKinds), wrap: concreteDropout },
  embeddingDropout: {
    kinds: ["Embedding"],
    wrap: (args) => embeddingDropout({ rate: 0, ...args }),
  },
};
const pairs = Object.entries(wrappers).flatMap(([factory, { kinds }]) =>
  kinds.map((kind) => [factory, kind] as const),
);
const recurrentNames = Object.keys(recurrentKinds);
const rnn = (kind: string, more: Parameters<(typeof recurrentKinds)[string]>[0] = {}): tf.RNN =>
  recurrentKinds[kind](more);
const connect = (layer: Layer): tf.RNN => {
  const wrapper: Layer = dropConnect({ layer, rate: 0 });
  return wrapper as tf.RNN;
};

beforeAll(() => tf.setBackend("cpu"));

test("wrapped kinds: the table has every class that a wrapper takes", () => {
  const layer = tf.layers.flatten();
  for (const factory of ["dropConnect", "embeddingDropout"]) {
    const { kinds, wrap } = wrappers[factory];
    let message = "";
    try {
      wrap({ layer });
    } catch (error) {
      message = String(error);
    }
    const named = message.replace(/.*must be (one of|an) |, got.*/g, "").split(/, | or /);
    expect(named.sort()).toEqual([...kinds].sort());
  }
});

test.each(["RNN", "ConvLSTM2D"])("wrapped kinds: a %s is refused", (className) => {
  const layer =
    className === "RNN"
      ? tf.layers.rnn({ cell: tf.layers.gruCell({ units: 2 }) })
      : tf.layers.convLstm2d({ filters: 2, kernelSize: 2 });
  expect(() => dropConnect({ layer, rate: 0 })).toThrow(`got ${className}`);
});

describe.each(pairs)("%s of %s is to tfjs the layer that it wraps", (factory, kind) => {
  const { make } = wrappedKinds[kind];
  const wrap = (args: Partial<NoiseWrapperArgs> = {}): NoiseWrapper =>
    wrappers[factory].wrap({ layer: make(), ...args });
  /** Weights of the wrapper's own stand behind those of the layer. */
  const own = factory === "concreteDropout" ? 1 : 0;

  test("its shapes, masks, specs and weights", () => {
    const [plain, layer] = [make(), wrap()];
    const x = input(wrappedKinds[kind]);
    expect(lists(layer.apply(x))).toEqual(lists(plain.apply(x)));
    for (const name of [
      "inputSpec",
      "supportsMasking",
      "stateful",
      "trainable",
      "activityRegularizer",
      "batchInputShape",
      "dtype",
      "updates",
    ]) {
      expect([name, Reflect.get(layer, name)]).toEqual([name, Reflect.get(plain, name)]);
    }
    expect(layer.computeOutputShape(x.shape)).toEqual(plain.computeOutputShape(x.shape));
    expect(layer.countParams()).toBe(plain.countParams() + own);
    const weights = plain.getWeights().map((weight) => [...weight.dataSync()]);
    expect(
      layer
        .getWeights()
        .slice(0, weights.length)
        .map((weight) => [...weight.dataSync()]),
    ).toEqual(weights);
    const [a, b] = [plain, layer].map((one) => one.computeMask(x));
    expect(b && lists(b as tf.Tensor)).toEqual(a && lists(a as tf.Tensor));
    expect(layer.dispose().numDisposedVariables).toBe(weights.length + own);
  });

  test("what is frozen, in its options, later, and through a config", () => {
    const x = input(wrappedKinds[kind]);
    const counts = (layer: Layer): [boolean, number, number] => [
      layer.trainable,
      layer.trainableWeights.length,
      layer.nonTrainableWeights.length,
    ];
    const all = ((): number => {
      const layer = wrap();
      layer.apply(x);
      return layer.weights.length;
    })();
    const [late, byOption, byLayer] = [
      wrap(),
      wrap({ trainable: false }),
      wrap({ layer: make({ trainable: false }) }),
    ];
    for (const layer of [late, byOption, byLayer]) {
      layer.apply(x);
      if (layer === late) layer.trainable = false;
      expect(counts(layer)).toEqual([false, 0, all]);
      const [cls, fromConfig] =
        tf.serialization.SerializationMap.getMap().classNameMap[layer.getClassName()];
      const copy = fromConfig(cls, layer.getConfig()) as Layer;
      copy.apply(x);
      expect(counts(copy)).toEqual([false, 0, all]);
      for (const one of [layer, copy]) {
        const before = one.getWeights().map(({ shape }) => shape);
        one.trainable = true;
        expect(counts(one)).toEqual([true, all, 0]);
        expect(one.getWeights().map(({ shape }) => shape)).toEqual(before);
      }
    }
  });

  test("the shape of its input, so that it may be a model's first", () => {
    if (kind === "Embedding") return;
    const { shape } = wrappedKinds[kind];
    const first = make();
    first.batchInputShape = [null, ...shape.slice(1)];
    const model = tf.sequential({ layers: [wrap({ layer: first })] });
    expect(model.inputs[0].shape).toEqual([null, ...shape.slice(1)]);
  });

  test("its output's shape and symbolic tensors, at each place of a layer that is shared", () => {
    const { shape } = wrappedKinds[kind];
    const [plain, layer] = [make(), wrap()].map((one) => {
      const inputs = [0, 1].map(() => tf.input({ shape: shape.slice(1) }));
      const outputs = inputs.map((x) => one.apply(x) as tf.SymbolicTensor);
      expect([0, 1].map((i) => one.getInputAt(i))).toEqual(inputs);
      expect([0, 1].map((i) => one.getOutputAt(i))).toEqual(outputs);
      const model = tf.model({ inputs, outputs });
      const x = [0, 1].map(() => input(wrappedKinds[kind]));
      return { one, model, y: lists(model.predict(x)) };
    });
    expect(layer.one.outputShape).toEqual(plain.one.outputShape);
    expect(layer.y).toEqual(plain.y);
    expect(layer.model.countParams()).toBe(plain.model.countParams() + own);
  });

  test("its row of a summary, but for the wrapper's own weights", () => {
    const { shape } = wrappedKinds[kind];
    const [plain, layer] = [make({ name: "same" }), wrap({ name: "same" })].map((one) => {
      const inputs = tf.input({ shape: shape.slice(1), name: "in" });
      const model = tf.model({ inputs, outputs: one.apply(inputs) as tf.SymbolicTensor });
      const rows: string[] = [];
      model.summary(160, [0.3, 0.5, 0.8, 1], (line) => rows.push(line));
      const row = rows.find((line) => line.startsWith("same"))?.trim() ?? "";
      return { row: row.replace(/\d+$/, "").trim(), count: Number(/\d+$/.exec(row)) };
    });
    expect(layer.row).toMatch(/^same/);
    const shapesOf = (row: string): string => row.replace(/(\([^)]+\))?\s+/g, " ");
    expect(shapesOf(layer.row)).toBe(shapesOf(plain.row));
    expect(layer.count).toBe(plain.count + own);
  });

  test("weights that are set, before and after files", async () => {
    const x = input(wrappedKinds[kind]);
    const [plain, layer] = [make(), wrap()];
    for (const one of [plain, layer]) one.apply(x);
    const halved = plain.getWeights().map((weight) => tf.mul(weight, 0.5));
    plain.setWeights(halved);
    layer.setWeights([...halved, ...layer.getWeights().slice(halved.length)]);
    expect(lists(layer.apply(x))).toEqual(lists(plain.apply(x)));
    const inputs = tf.input({ shape: wrappedKinds[kind].shape.slice(1) });
    const model = tf.model({ inputs, outputs: layer.apply(inputs) as tf.SymbolicTensor });
    const loaded = await throughFiles(model);
    expect(lists(loaded.predict(x))).toEqual(lists(plain.apply(x)));
  });

  test("its regularisers and constraints, over training", async () => {
    const { shape } = wrappedKinds[kind];
    const more = Object.fromEntries(
      ["kernel", "recurrent", "bias", "depthwise", "embeddings"].flatMap((name) => [
        [`${name}Regularizer`, tf.regularizers.l2({ l2: 0.1 })],
        [`${name}Constraint`, tf.constraints.nonNeg()],
      ]),
    );
    const [plain, layer] = await Promise.all(
      [make(more), wrap({ layer: make(more) })].map(async (one) => {
        const inputs = tf.input({ shape: shape.slice(1) });
        const model = tf.model({ inputs, outputs: one.apply(inputs) as tf.SymbolicTensor });
        const penalties = one.calculateLosses().map((loss) => loss.dataSync()[0]);
        model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
        const x = input(wrappedKinds[kind]);
        const y = tf.zerosLike(model.predict(x) as tf.Tensor);
        // tfjs has no gradient of a transposed 3D convolution.
        for (let i = 0; kind !== "Conv3DTranspose" && i < 2; i++) await model.trainOnBatch(x, y);
        return { penalties, weights: lists(one.getWeights()).flat() };
      }),
    );
    // tfjs 4.22 forgets the regularisers of a recurrent layer's cell.
    expect(plain.penalties.length > 0).toBe(!recurrentNames.includes(kind));
    expect(layer.penalties.slice(0, plain.penalties.length)).toEqual(plain.penalties);
    // At a rate that is learned the noise is never off.
    if (factory === "concreteDropout") return;
    expect(layer.weights).toHaveLength(plain.weights.length);
    for (const [i, weight] of layer.weights.entries()) {
      // A wrapper may add the examples' gradients up in another order: below 30 roundings of values below 1, twice.
      expect(Math.abs(weight - plain.weights[i])).toBeLessThan(60 * 2 ** -24);
    }
  });

  test("in TimeDistributed", () => {
    if (recurrentNames.includes(kind)) return;
    const x = tf.stack([input(wrappedKinds[kind]), input(wrappedKinds[kind])], 1);
    const [plain, layer] = [make(), wrap()].map((one) =>
      tf.layers.timeDistributed({ layer: one }).apply(x),
    );
    expect(lists(layer)).toEqual(lists(plain));
  });
});

test.each(["dropConnect", "concreteDropout"])(
  "%s: tfjs refuses an activity regulariser in it, as in the layer alone",
  (factory) => {
    const layer = (): Layer => tf.layers.dense({ units: 2, activityRegularizer: "l1l2" });
    const x = tf.ones([1, 2]);
    const message = "activity regularizer(s) is not supported";
    expect(() => layer().apply(x)).toThrow(message);
    expect(() => wrappers[factory].wrap({ layer: layer() }).apply(x)).toThrow(message);
  },
);

test("concreteDropout: features are counted along the axis of the channels", () => {
  for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
    const kernelInitializer = "zeros";
    const conv = tf.layers.conv2d({ filters: 2, kernelSize: 1, dataFormat, kernelInitializer });
    const layer = concreteDropout({ layer: conv, initialRate: 0.5, dropoutRegularizer: 1 });
    layer.build(dataFormat === "channelsFirst" ? [null, 3, 8, 8] : [null, 8, 8, 3]);
    // Of a kernel of zeros the entropy alone is left: -log 2 a feature at rate .5; one rounding at each of five operations.
    const penalty = layer.calculateLosses()[0].dataSync()[0];
    expect(Math.abs(penalty + 3 * Math.LN2)).toBeLessThan(5 * 3 * 2 ** -24);
  }
});

describe.each(recurrentNames)("dropConnect of %s, as recurrent layer", (kind) => {
  const x = input({ shape: SEQUENCES });
  const states = (): tf.Tensor[] =>
    Array.from({ length: kind === "LSTM" ? 2 : 1 }, (_, i) =>
      tf.randomNormal([SEQUENCES[0], 3], 0, 1, "float32", 7 + i),
    );

  test.each([{}, { returnSequences: true }, { returnState: true }, { goBackwards: true }])(
    "in Bidirectional with %j it runs both ways, also through files",
    async (options) => {
      const make = (layer: tf.RNN): Layer =>
        tf.layers.bidirectional({ layer, mergeMode: "concat", inputShape: SEQUENCES.slice(1) });
      const [plain, layer] = [make(rnn(kind, options)), make(connect(rnn(kind, options)))];
      const expected = lists(plain.apply(x));
      expect(lists(layer.apply(x))).toEqual(expected);
      expect(layer.computeOutputShape(SEQUENCES)).toEqual(plain.computeOutputShape(SEQUENCES));
      if (Reflect.get(options, "returnState")) return;
      const model = tf.sequential({ layers: [make(connect(rnn(kind, options)))] });
      const loaded = await throughFiles(model);
      expect(lists(loaded.predict(x))).toEqual(lists(model.predict(x)));
      expect(lists(model.predict(x))).toEqual(expected);
    },
  );

  test("in Bidirectional the directions draw different noise, and a saved step goes on", async () => {
    for (const site of ["h", undefined]) {
      const wrapper: Layer = dropConnect({
        layer: rnn(kind),
        rate: 0.5,
        name: `both_${kind}`,
        ...(site !== undefined && { site }),
      });
      const both = tf.layers.bidirectional({
        layer: wrapper as tf.RNN,
        mergeMode: "concat",
        inputShape: SEQUENCES.slice(1),
      });
      const model = tf.sequential({ layers: [both] });
      const sites = ["forwardLayer", "backwardLayer"].map((name) =>
        Reflect.get(Reflect.get(both, name), "site"),
      );
      expect(new Set(sites).size).toBe(2);
      for (let i = 0; i < 2; i++) model.apply(x, { training: true });
      const loaded = await throughFiles(model);
      expect(lists(loaded.apply(x, { training: true }))).toEqual(
        lists(model.apply(x, { training: true })),
      );
    }
  });

  test("an initial state arrives: as tensors, in a functional model, in Bidirectional", () => {
    const [plain, layer] = [rnn(kind), connect(rnn(kind))];
    const expected = lists(plain.apply(x, { initialState: states() }));
    expect(expected).not.toEqual(lists(plain.apply(x)));
    expect(lists(layer.apply(x, { initialState: states() }))).toEqual(expected);
    const model = (one: Layer, copies: number): tf.LayersModel => {
      const inputs = tf.input({ shape: SEQUENCES.slice(1) });
      const initialState = Array.from({ length: copies * states().length }, () =>
        tf.input({ shape: [3] }),
      );
      const outputs = one.apply(inputs, { initialState }) as tf.SymbolicTensor;
      return tf.model({ inputs: [inputs, ...initialState], outputs });
    };
    expect(lists(model(connect(rnn(kind)), 1).predict([x, ...states()]))).toEqual(expected);
    const [a, b] = [rnn(kind), connect(rnn(kind))].map((one) =>
      model(tf.layers.bidirectional({ layer: one, mergeMode: "concat" }), 2).predict([
        x,
        ...states(),
        ...states(),
      ]),
    );
    expect(lists(b)).toEqual(lists(a));
  });

  test("a stateful one keeps its states, and takes, gives and resets them", () => {
    const make = (layer: Layer): { layer: tf.RNN; model: tf.LayersModel } => {
      layer.batchInputShape = SEQUENCES;
      return { layer: layer as tf.RNN, model: tf.sequential({ layers: [layer] }) };
    };
    const pair = [
      make(rnn(kind, { stateful: true })),
      make(connect(rnn(kind, { stateful: true }))),
    ];
    const runs = pair.map(({ layer, model }) => {
      const first = lists(model.predict(x) as tf.Tensor);
      const second = lists(model.predict(x) as tf.Tensor);
      expect(second).not.toEqual(first);
      expect(model.stateful).toBe(true);
      const held = lists(layer.states as tf.Tensor[]);
      model.resetStates();
      expect(lists(model.predict(x) as tf.Tensor)).toEqual(first);
      layer.resetStates(states());
      return [first, second, held, lists(model.predict(x) as tf.Tensor)];
    });
    expect(runs[1]).toEqual(runs[0]);
  });

  test("a mask passes the padding by", () => {
    const mask = tf.tensor2d([1, 1, 0, 0, 1, 1, 1, 0], [2, 4]);
    const [plain, layer] = [rnn(kind), connect(rnn(kind))];
    expect(lists(layer.apply(x, { mask }))).toEqual(lists(plain.apply(x, { mask })));
    const all = { returnSequences: true, returnState: true };
    const [a, b] = [rnn(kind, all), connect(rnn(kind, all))].map((one) => one.computeMask(x, mask));
    expect(b).toEqual(a);
  });

  test("refuses to reset the states that it has not", () => {
    expect(() => connect(rnn(kind)).resetStates()).toThrow("not stateful");
  });
});
