import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { variationalRnn, zoneoutRnn } from "../../src/index.js";
import type { NoisyRnnArgs } from "../../src/recurrent/NoisyRnn.js";

type Layer = tf.layers.Layer;
type Output = ReturnType<Layer["apply"]>;

const lists = (output: Output): number[][] =>
  [output].flat().map((y) => [...(y as tf.Tensor).dataSync()]);
const floats = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);
const init = (seed: number): ReturnType<typeof tf.initializers.glorotUniform> =>
  tf.initializers.glorotUniform({ seed });

/** A cell of three states: their sums with the input, with twice and with three times the input. */
class ThreeStates extends tf.layers.RNNCell {
  static readonly className = "ThreeStates";
  readonly stateSize = [2, 2, 2];
  override call([x, ...states]: tf.Tensor[]): tf.Tensor[] {
    const next = states.map((state, i) => tf.add(state, tf.mul(x, i + 1)));
    return [tf.addN(next), ...next];
  }
}
tf.serialization.registerClass(ThreeStates);

const args = { units: 3, kernelInitializer: init(1), recurrentInitializer: init(2) } as const;
const cells: { readonly [name: string]: () => tf.layers.RNNCell | tf.layers.RNNCell[] } = {
  simpleRNN: () => tf.layers.simpleRNNCell({ ...args }),
  gru: () => tf.layers.gruCell({ ...args }),
  lstm: () => tf.layers.lstmCell({ ...args }),
  stack: () => [tf.layers.lstmCell({ ...args }), tf.layers.gruCell({ ...args })],
  threeStates: () => new ThreeStates({}),
};
type Cells = NoisyRnnArgs["cell"];
type RnnArgs = Omit<NoisyRnnArgs, "cell">;

/** Each factory at rates of 0, as the layer of tfjs is made. */
const factories = { variationalRnn, zoneoutRnn };
const plainRnn = (cell: Cells, more: RnnArgs = {}): tf.RNN =>
  tf.layers.rnn({ ...more, cell } as Parameters<typeof tf.layers.rnn>[0]) as tf.RNN;

beforeAll(() => tf.setBackend("cpu"));

const pairs = Object.keys(factories).flatMap((factory) =>
  Object.keys(cells).map((name) => [factory as keyof typeof factories, name] as const),
);

describe.each(pairs)("%s of %s is to tfjs what tf.layers.rnn is", (factory, name) => {
  const make = (more: RnnArgs = {}): tf.RNN => factories[factory]({ ...more, cell: cells[name]() });
  const both = (more: RnnArgs = {}): [tf.RNN, tf.RNN] => [
    plainRnn(cells[name](), more),
    make(more),
  ];
  const x = floats([2, 4, 2], 7);
  const stateSizes = ({ cell }: tf.RNN): number[] => [cell.stateSize].flat();

  test("its shapes, states, weights and what is frozen", () => {
    for (const more of [{}, { trainable: false }]) {
      const [plain, layer] = both({ ...more, returnState: true });
      expect(lists(layer.apply(x))).toEqual(lists(plain.apply(x)));
      for (const property of ["stateful", "trainable", "numConstants", "inputSpec", "stateSpec"]) {
        const [a, b] = [plain, layer].map((one): unknown => Reflect.get(one, property));
        expect([property, b]).toEqual([property, a]);
      }
      for (const one of [plain, layer]) {
        expect(one.weights.length).toBe(plain.weights.length);
        expect(one.trainableWeights.length).toBe(plain.trainableWeights.length);
        expect(one.nonTrainableWeights.length).toBe(plain.nonTrainableWeights.length);
      }
      expect(lists(layer.getWeights())).toEqual(lists(plain.getWeights()));
      expect(layer.computeOutputShape(x.shape)).toEqual(plain.computeOutputShape(x.shape));
      plain.setWeights(plain.getWeights().map((weight) => tf.mul(weight, 0.5)));
      layer.setWeights(plain.getWeights());
      expect(lists(layer.apply(x))).toEqual(lists(plain.apply(x)));
    }
  });

  test("frozen and thawed later, it trains what the plain one trains", () => {
    const [plain, layer] = both();
    for (const one of [plain, layer]) one.apply(x);
    for (const trainable of [false, true]) {
      for (const one of [plain, layer]) one.trainable = trainable;
      expect(layer.trainableWeights.length).toBe(plain.trainableWeights.length);
      expect(layer.weights.length).toBe(plain.weights.length);
    }
  });

  test("an initial state arrives, as tensors and in a functional model", () => {
    const [plain, layer] = both();
    plain.apply(x);
    const states = stateSizes(plain).map((units, i) => floats([2, units], 9 + i));
    const expected = lists(plain.apply(x, { initialState: states }));
    expect(expected).not.toEqual(lists(plain.apply(x)));
    expect(lists(layer.apply(x, { initialState: states }))).toEqual(expected);
    const inputs = tf.input({ shape: [4, 2] });
    const initialState = stateSizes(plain).map((units) => tf.input({ shape: [units] }));
    const outputs = make().apply(inputs, { initialState }) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [inputs, ...initialState], outputs });
    expect(lists(model.predict([x, ...states]))).toEqual(expected);
  });

  test("a stateful one keeps its states and resets them", () => {
    const runs = both({ stateful: true, batchInputShape: [2, 4, 2] }).map((layer) => {
      const model = tf.sequential({ layers: [layer] });
      const first = lists(model.predict(x) as tf.Tensor);
      const second = lists(model.predict(x) as tf.Tensor);
      expect(second).not.toEqual(first);
      model.resetStates();
      expect(lists(model.predict(x) as tf.Tensor)).toEqual(first);
      return [first, second];
    });
    expect(runs[1]).toEqual(runs[0]);
  });

  test("with a mask, and in Bidirectional", () => {
    const mask = tf.tensor2d([1, 1, 0, 0, 1, 1, 1, 0], [2, 4]);
    const [plain, layer] = both();
    expect(lists(layer.apply(x, { mask }))).toEqual(lists(plain.apply(x, { mask })));
    // tfjs's own Bidirectional takes no tf.layers.rnn: what it would give is put together here.
    const [forwards, backwards] = [false, true].map(
      (goBackwards) =>
        plainRnn(cells[name](), { returnSequences: true, goBackwards }).apply(x) as tf.Tensor,
    );
    const merged = tf.layers.bidirectional({
      layer: make({ returnSequences: true }),
      mergeMode: "concat",
    });
    expect(lists(merged.apply(x))).toEqual(
      lists(tf.concat([forwards, tf.reverse(backwards, 1)], 2)),
    );
  });
});

describe("zoneoutRnn of a cell with three states", () => {
  test("each further state has noise of its own, and rate 1 keeps it at its start", () => {
    const x = tf.ones([64, 4, 2]);
    const run = (cellRate: number): number[][] =>
      lists(
        zoneoutRnn({ cell: new ThreeStates({}), cellRate, site: "h", returnState: true }).apply(x, {
          training: true,
        }),
      ).slice(1);
    const [, second, third] = run(0.5);
    // Steps that were taken: where the two states drew the same, they would be equal everywhere.
    expect(second.map((sum) => sum / 2)).not.toEqual(third.map((sum) => sum / 3));
    expect(new Set(third)).toEqual(new Set([0, 3, 6, 9, 12]));
    const [first, ...further] = run(1);
    expect(new Set(first)).toEqual(new Set([4]));
    expect(new Set(further.flat())).toEqual(new Set([0]));
  });
});
