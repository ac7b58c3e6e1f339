import { drawMask } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { spatialDropout1d, variationalRnn, zoneoutRnn } from "../../src/index.js";
import { throughFiles } from "../layers/throughFiles.js";

const list = (
  tensor: tf.Tensor | tf.Tensor[] | tf.SymbolicTensor | tf.SymbolicTensor[],
): number[] => [...(tensor as tf.Tensor).dataSync()];
const floats = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);

/** A cell of a user's own: gives out input + state, and keeps it; a second state counts timesteps. */
class SumCell extends tf.layers.RNNCell {
  static readonly className = "SumCell";
  readonly stateSize: number[];
  readonly units: number;
  constructor({ units }: { readonly units: number }) {
    super({});
    this.units = units;
    this.stateSize = [units, units];
  }
  override call([x, h, count]: tf.Tensor[]): tf.Tensor[] {
    const sum = tf.add(x, h);
    return [sum, sum, tf.add(count, 1)];
  }
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units };
  }
}
tf.serialization.registerClass(SumCell);

const init = (seed: number): ReturnType<typeof tf.initializers.glorotUniform> =>
  tf.initializers.glorotUniform({ seed });
const cellArgs = {
  units: 3,
  kernelInitializer: init(1),
  recurrentInitializer: init(2),
  biasInitializer: init(3),
} as const;
const lstm = (): tf.layers.RNNCell => tf.layers.lstmCell({ ...cellArgs });
const cells: { readonly [name: string]: () => tf.layers.RNNCell } = {
  simpleRNN: () => tf.layers.simpleRNNCell({ ...cellArgs }),
  gru: () => tf.layers.gruCell({ ...cellArgs }),
  lstm,
  own: () => new SumCell({ units: 2 }),
};
const rates = { inputRate: 0.3, stateRate: 0.4, outputRate: 0.5 };

beforeAll(() => tf.setBackend("cpu"));

describe.each(Object.keys(cells))("%s", (name) => {
  test.each([{ returnSequences: true }, { returnState: true }, { goBackwards: true }])(
    "variationalRnn, zoneoutRnn: at rates 0 and %j, in training and not, is tf.layers.rnn to the bit",
    (options) => {
      const x = floats([4, 5, 2], 7);
      const plain = tf.layers.rnn({ cell: cells[name](), ...options });
      const expected = [plain.apply(x)].flat().map((y) => list(y));
      for (const make of [variationalRnn, zoneoutRnn]) {
        const layer = make({ cell: cells[name](), ...options });
        for (const training of [false, true]) {
          expect([layer.apply(x, { training })].flat().map((y) => list(y))).toEqual(expected);
        }
        expect(layer.countParams()).toBe(plain.countParams());
        expect(layer.getWeights().map(({ shape }) => shape)).toEqual(
          plain.getWeights().map(({ shape }) => shape),
        );
      }
    },
  );

  test("variationalRnn: is free of noise at inference, and draws a step later at each training call", () => {
    const x = floats([4, 5, 2], 7);
    const layer = variationalRnn({ cell: cells[name](), ...rates });
    const plain = tf.layers.rnn({ cell: cells[name]() });
    expect(list(layer.apply(x))).toEqual(list(plain.apply(x)));
    const [first, second] = [0, 1].map(() => list(layer.apply(x, { training: true })));
    expect(second).not.toEqual(first);
    expect(layer.step).toBe(2);
    expect(list(layer.apply(x, { training: true, step: 0 }))).toEqual(first);
    expect(layer.step).toBe(2);
  });

  test("a saved and loaded model goes on with the step's noise, alone and in Bidirectional", async () => {
    const x = floats([4, 5, 2], 7);
    for (const site of [undefined, "recurrent"]) {
      const args = { cell: cells[name](), ...rates, name: `saved_${name}`, ...(site && { site }) };
      const alone = variationalRnn({ ...args, inputShape: [5, 2] });
      const both = tf.layers.bidirectional({
        layer: variationalRnn({ ...args, returnSequences: true }) as tf.RNN,
        mergeMode: "concat",
        inputShape: [5, 2],
      });
      for (const layer of [alone, both]) {
        const model = tf.sequential({ layers: [layer] });
        for (let i = 0; i < 2; i++) model.apply(x, { training: true });
        const loaded = await throughFiles(model);
        expect(list(loaded.apply(x, { training: true }))).toEqual(
          list(model.apply(x, { training: true })),
        );
      }
    }
  });

  test("variationalRnn, zoneoutRnn: fit lowers the loss, 50 steps hold the tensors, dispose frees them", async () => {
    for (const make of [variationalRnn, zoneoutRnn]) {
      const before = tf.memory().numTensors;
      const model = tf.sequential({
        layers: [
          make({ cell: cells[name](), stateRate: 0.2, seed: 1, site: "fit", inputShape: [5, 2] }),
          tf.layers.dense({ units: 1, kernelInitializer: init(4) }),
        ],
      });
      const optimizer = tf.train.sgd(0.02);
      model.compile({ optimizer, loss: "meanSquaredError" });
      const x = floats([10, 5, 2], 7);
      const y = tf.tidy(() => tf.sum(tf.slice(x, [0, 4, 0], [10, 1, 2]), 2));
      const { history } = await model.fit(x, y, { epochs: 30, batchSize: 4, verbose: 0 });
      const { loss } = history;
      expect(Number(loss.at(-1))).toBeLessThan(Number(loss[0]));
      const { numTensors } = tf.memory();
      for (let i = 0; i < 50; i++) await model.trainOnBatch(x, y);
      expect(tf.memory().numTensors).toBe(numTensors);
      model.dispose();
      optimizer.dispose();
      tf.dispose([x, y]);
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe("variationalRnn", () => {
  test("one mask a sequence for each place, with the bits of core", () => {
    const [batch, time, units] = [3, 4, 2];
    const key = { seed: 7, step: 5 };
    const mask = (place: string, rate: number): number[] =>
      [...drawMask({ ...key, site: `h/${place}`, shape: [batch, units], rate })].map(
        (kept) => kept / (1 - rate),
      );
    // Rates that 2^-16 divides: the quantised rate is the rate.
    const layer = variationalRnn({
      cell: new SumCell({ units }),
      returnSequences: true,
      inputRate: 0.25,
      stateRate: 0.5,
      outputRate: 0.75,
      ...key,
      site: "h",
    });
    const y = list(layer.apply(tf.ones([batch, time, units]), { training: true }));
    const [input, state, output] = [mask("input", 0.25), mask("state", 0.5), mask("output", 0.75)];
    for (let i = 0; i < batch * units; i++) {
      let h = 0;
      for (let t = 0; t < time; t++) {
        h = Math.fround(Math.fround(input[i]) + state[i] * h);
        const at = Math.floor(i / units) * time * units + t * units + (i % units);
        expect(y[at]).toBe(Math.fround(output[i] * h));
      }
    }
  });

  test("the end of a sequence has the noise that it has in the sequence", () => {
    const x = floats([4, 5, 2], 7);
    const args = { ...rates, site: "h" };
    const all = variationalRnn({ cell: lstm(), ...args, returnSequences: true });
    const end = variationalRnn({ cell: lstm(), ...args });
    const last = tf.slice(all.apply(x, { training: true }) as tf.Tensor, [0, 4, 0], [4, 1, 3]);
    expect(list(end.apply(x, { training: true }))).toEqual(list(last));
  });

  test("stacked cells have sites of their own; a list is a stack", () => {
    const x = floats([4, 5, 3], 7);
    const two = (): tf.layers.RNNCell[] => [lstm(), lstm()];
    const args = { ...rates, site: "h" };
    const list1 = variationalRnn({ cell: two(), ...args });
    const stack = variationalRnn({ cell: tf.layers.stackedRNNCells({ cells: two() }), ...args });
    const y = list(list1.apply(x, { training: true }));
    expect(list(stack.apply(x, { training: true }))).toEqual(y);
    const plain = tf.layers.rnn({ cell: two() });
    expect(list(list1.apply(x))).toEqual(list(plain.apply(x)));
  });

  test("padding that is masked does not change the result, and a smaller batch draws the head", () => {
    const layer = variationalRnn({ cell: lstm(), ...rates, site: "h", step: 3 });
    const x = floats([4, 5, 2], 7);
    const padded = tf.concat([x, tf.zeros([4, 2, 2])], 1);
    const mask = tf.concat([tf.ones([4, 5]), tf.zeros([4, 2])], 1);
    const whole = list(layer.apply(x, { training: true, step: 3 }));
    expect(list(layer.apply(padded, { training: true, step: 3, mask }))).toEqual(whole);
    const head = list(layer.apply(tf.slice(x, 0, 3), { training: true, step: 3 }));
    expect(head).toEqual(whole.slice(0, head.length));
  });

  test("behind embedding({ maskZero }) and dropout layers, padding changes nothing, in training and not", () => {
    const embedding = tf.layers.embedding({ inputDim: 5, outputDim: 2, maskZero: true });
    const drop = spatialDropout1d({ rate: 0.5, site: "d" });
    const rnn = variationalRnn({ cell: lstm(), ...rates, site: "h" });
    const words = tf.tensor([
      [1, 2, 3],
      [4, 1, 2],
    ]);
    const padded = tf.concat([words, tf.zeros([2, 2])], 1);
    const model = (time: number): tf.LayersModel => {
      const input = tf.input({ shape: [time] });
      const outputs = [embedding, drop, rnn].reduce(
        (x, layer) => layer.apply(x) as tf.SymbolicTensor,
        input,
      );
      return tf.model({ inputs: input, outputs });
    };
    for (const call of [{}, { training: true, step: 3 }]) {
      const [whole, cut] = [padded, words].map((x) =>
        list(model(x.shape[1] as number).apply(x, { ...call }) as tf.Tensor),
      );
      expect(whole).toEqual(cut);
    }
  });

  test("gradients are those of finite differences", () => {
    const layer = variationalRnn({ cell: lstm(), ...rates, site: "h", step: 3 });
    const x = floats([2, 3, 2], 7);
    const f = (input: tf.Tensor): tf.Scalar =>
      tf.sum(layer.apply(input, { training: true, step: 3 }) as tf.Tensor);
    const gradient = list(tf.grad(f)(x));
    const h = 2 ** -6;
    for (let i = 0; i < x.size; i++) {
      const moved = (by: number): number => {
        const values = list(x);
        values[i] += by;
        return list(f(tf.tensor(values, x.shape)))[0];
      };
      const difference = (moved(h) - moved(-h)) / (2 * h);
      // Truncation h^2 / 6 of a third derivative below 20 (gains up to 2 a step): 8.2e-4. Rounding of a sum of
      // six float32s below 2: 6 * 2^-23 / h < 1e-4.
      expect(Math.abs(difference - gradient[i])).toBeLessThan(1e-3);
    }
  });
});

describe("zoneoutRnn", () => {
  test("a unit keeps its state where core drops, drawn anew at each timestep; inference is the mean", () => {
    const [batch, time, units] = [3, 4, 2];
    const key = { seed: 7, step: 5 };
    const args = { returnSequences: true, stateRate: 0.5, cellRate: 0.25, ...key, site: "h" };
    const layer = zoneoutRnn({ cell: new SumCell({ units }), ...args, returnState: true });
    const run = (training: boolean): number[][] =>
      [layer.apply(tf.ones([batch, time, units]), { training })].flat().map((y) => list(y));
    const [y, , count] = run(true);
    const [mean] = run(false);
    const shape = [batch, units];
    for (let i = 0; i < batch * units; i++) {
      let [h, moving, counted] = [0, 0, 0];
      for (let timestep = 0; timestep < time; timestep++) {
        const kept = (place: string, rate: number): number =>
          drawMask({ ...key, site: `h/${place}`, shape, rate, timestep })[i];
        if (kept("nextState", 0.5) === 1) h += 1;
        if (kept("nextCell", 0.25) === 1) counted += 1;
        moving = 0.5 * (moving + 1) + 0.5 * moving;
        const at = Math.floor(i / units) * time * units + timestep * units + (i % units);
        expect([y[at], mean[at]]).toEqual([h, moving]);
      }
      expect(count[i]).toBe(counted);
    }
  });
});

describe("recurrent layers refuse", () => {
  test("what is no cell", () => {
    // @ts-expect-error Not a cell.
    expect(() => variationalRnn({ cell: tf.layers.dense({ units: 2 }), inputRate: 0.1 })).toThrow(
      new TypeError(
        "variationalRnn: cell must be a recurrent cell of the tfjs that this package imports (npm ls @tensorflow/tfjs must show one copy), got Dense",
      ),
    );
  });

  test("a cell with a dropout of tfjs's own", () => {
    const cell = tf.layers.lstmCell({ units: 2, recurrentDropout: 0.5 });
    expect(() => zoneoutRnn({ cell, stateRate: 0.1 })).toThrow(
      new TypeError(
        "zoneoutRnn: cell must have no recurrentDropout of its own, whose mask tfjs never draws again, got 0.5",
      ),
    );
  });

  test("a rate outside [0, 1]", () => {
    expect(() => variationalRnn({ cell: lstm(), stateRate: 1.5 })).toThrow(
      new RangeError("variationalRnn: stateRate must be in [0, 1], got 1.5"),
    );
  });
});
