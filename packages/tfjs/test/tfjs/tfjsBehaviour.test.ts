import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import {
  alphaDropout,
  dropout,
  gaussianDropout,
  spatialDropout1d,
  variationalRnn,
} from "../../src/index.js";

/** What the tests of tfjs-layers 4.22 ask of its own layers holds for ours, but for its faults. */
const factories = { dropout, spatialDropout1d, alphaDropout, gaussianDropout };
const names = Object.keys(factories) as (keyof typeof factories)[];
const values = (tensor: unknown): number[] => [...(tensor as tf.Tensor).dataSync()];

describe.each(names)("%s", (name) => {
  const make = factories[name];
  const shapes = [[12, 10, 4], [null, 10, 4], ...(name === "spatialDropout1d" ? [] : [[10, 4]])];

  test.each([0, 0.5, 1])(
    "rate %s: applied to a symbol, gives one of its type and shape",
    (rate) => {
      for (const shape of shapes) {
        const symbol = tf.input({ batchShape: shape });
        const layer = make({ rate });
        const output = layer.apply(symbol) as tf.SymbolicTensor;
        expect(output.dtype).toBe("float32");
        expect(output.shape).toEqual(shape);
        expect(output.sourceLayer).toBe(layer);
        expect(output.inputs).toEqual([symbol]);
      }
    },
  );

  test("is the identity in predict, and changes values in training, of one type and shape", () => {
    const x = tf.randomNormal([2, 3, 4], 0, 1, "float32", 1);
    const layer = make({ rate: 0.5 });
    expect(values(layer.apply(x, { training: false }))).toEqual(values(x));
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    expect([y.shape, y.dtype]).toEqual([x.shape, x.dtype]);
    expect(values(y)).not.toEqual(values(x));
  });

  test("begins a sequential model, and comes back from its JSON", async () => {
    const model = tf.sequential({ layers: [make({ rate: 0.3, name: "l", inputShape: [3, 4] })] });
    const json: tf.io.ModelJSON["modelTopology"] = JSON.parse(
      JSON.stringify(model.toJSON(null, false)),
    );
    const again = await tf.models.modelFromJSON(
      json as Parameters<typeof tf.models.modelFromJSON>[0],
    );
    expect(again.layers.at(-1)?.getConfig()).toEqual(model.layers.at(-1)?.getConfig());
  });
});

describe("dropout", () => {
  for (const training of [false, true]) {
    for (const rate of [0, 0.5]) {
      test.each([[null], [[2, 3, 4]], [[2, 3, 1]]])(
        `training ${training}, rate ${rate}: entries that share a draw of noiseShape %j share their fate`,
        (noiseShape) => {
          const layer = dropout({ rate, noiseShape, seed: 0, site: "h" });
          const y = values(layer.apply(tf.ones([2, 3, 4]), { training }));
          const scale = training ? 1 / (1 - rate) : 1;
          for (const value of y) expect([0, scale]).toContain(value);
          expect(y.includes(0)).toBe(training && rate > 0);
          if (noiseShape?.[2] !== 1) return;
          for (let row = 0; row < 24; row += 4) {
            expect(new Set(y.slice(row, row + 4)).size).toBe(1);
          }
        },
      );
    }
  }
});

describe("spatialDropout1d", () => {
  test("drops a channel of an example at all timesteps or at none", () => {
    const y = spatialDropout1d({ rate: 0.5, site: "h" }).apply(tf.ones([4, 5, 6]), {
      training: true,
    }) as tf.Tensor3D;
    const [first, ...rest] = tf.unstack(y, 1);
    for (const step of rest) expect(values(step)).toEqual(values(first));
    expect(new Set(values(first))).toEqual(new Set([0, 2]));
  });
});

describe("recurrent dropout", () => {
  test.each(["simpleRNNCell", "gruCell", "lstmCell"] as const)(
    "%s: trains and predicts with input and state dropout, in every form of output",
    (cell) => {
      const x = tf.randomNormal([3, 4, 2], 0, 1, "float32", 1);
      for (const [returnSequences, returnState] of [
        [false, false],
        [true, false],
        [true, true],
      ]) {
        const layer = variationalRnn({
          cell: tf.layers[cell]({ units: 5 }),
          inputRate: 0.5,
          stateRate: 0.5,
          returnSequences,
          returnState,
        });
        const outputs = [layer.apply(x, { training: true })].flat() as tf.Tensor[];
        expect(outputs[0].shape).toEqual(returnSequences ? [3, 4, 5] : [3, 5]);
        expect(outputs).toHaveLength(returnState ? (cell === "lstmCell" ? 3 : 2) : 1);
        expect(values([layer.apply(x)].flat()[0])).not.toEqual(values(outputs[0]));
      }
    },
  );
});
