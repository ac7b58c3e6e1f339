import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  dropConnect,
  dropout,
  inspectDropout,
  stochasticDepth,
  stripDropout,
  variationalRnn,
} from "../../src/index.js";
import { layers } from "../layers/layers.js";
import { throughFiles } from "../layers/throughFiles.js";

type Layer = tf.layers.Layer;

const init = (seed: number): ReturnType<typeof tf.initializers.glorotUniform> =>
  tf.initializers.glorotUniform({ seed });
const dense = (name: string, more = {}): Layer =>
  tf.layers.dense({ units: 4, kernelInitializer: init(1), name, ...more });
const relu = (): Layer => tf.layers.activation({ activation: "relu" });
const at = (layer: Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
  layer.apply(x) as tf.SymbolicTensor;
const predicted = (model: tf.LayersModel, x: tf.Tensor): number[][] =>
  [model.predict(x)].flat().map((y) => [...y.dataSync()]);
const classes = (model: tf.LayersModel): string[] =>
  model.layers.map((layer) => layer.getClassName());
const floats = (shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, "float32", 7);

beforeAll(() => tf.setBackend("cpu"));

/** Without its noise the copy predicts the same to the bit, is of tfjs's classes alone, and goes through files. */
async function expectStripped(model: tf.LayersModel, x: tf.Tensor): Promise<tf.LayersModel> {
  const clean = stripDropout(model);
  const expected = predicted(model, x);
  expect(predicted(clean, x)).toEqual(expected);
  // Its states move by a mean at inference, which no other layer does.
  const isZoneout = ({ className }: { className: string }): boolean => /ZoneoutRnn/.test(className);
  const left = inspectDropout(clean).sites.filter((site) => !isZoneout(site));
  expect(left).toEqual([]);
  const names = JSON.stringify(clean.toJSON(null, false)).match(/dropoutkit>\w+/g) ?? [];
  expect(new Set(names).size).toBe(inspectDropout(model).sites.some(isZoneout) ? 1 : 0);
  expect(predicted(await throughFiles(clean), x)).toEqual(expected);
  return clean;
}

describe.each(Object.entries(layers))("stripDropout of %s", (_, { make, shape, input }) => {
  test("first, in the middle and last, sequential and functional", async () => {
    const x = input();
    const inputShape = shape.slice(1);
    const chain = tf.sequential({
      layers: [make({ name: "first", inputShape }), relu(), dense("last")],
    });
    await expectStripped(chain, x);
    const inputs = tf.input({ shape: inputShape });
    const noisy = at(make({ name: "middle" }), inputs);
    const ends = [at(make({ name: "other" }), inputs), at(relu(), noisy)];
    await expectStripped(tf.model({ inputs, outputs: ends }), x);
  });
});

describe("stripDropout", () => {
  test("a residual block: what read the dropout reads what was before it, at each of its calls", async () => {
    const x = tf.input({ shape: [4] });
    const drop = dropout({ rate: 0.5, name: "shared" });
    const once = at(drop, at(dense("a"), x));
    const twice = at(drop, at(dense("b"), once));
    const depth = at(stochasticDepth({ rate: 0.5 }), at(dropout({ rate: 0.5 }), twice));
    const outputs = at(tf.layers.add(), [depth, once, x]);
    const clean = await expectStripped(tf.model({ inputs: x, outputs }), floats([3, 4]));
    expect(classes(clean)).toEqual(["InputLayer", "Dense", "Dense", "Add"]);
  });

  test("an output that was dropout, also of an input, is what was before it", async () => {
    const x = tf.input({ shape: [4], name: "x" });
    const outputs = [
      at(dropout({ rate: 0.5 }), at(dense("a"), x)),
      at(tf.layers.dropout({ rate: 0.5 }), x),
    ];
    const clean = await expectStripped(tf.model({ inputs: x, outputs }), floats([3, 4]));
    expect(clean.outputNames).toEqual(["a", "x"]);
  });

  test("nested models, wrappers and recurrent layers, of tfjs's own too", async () => {
    const cells = { units: 3, kernelInitializer: init(1), recurrentInitializer: init(2) } as const;
    const inner = tf.sequential({
      layers: [
        dropout({ rate: 0.5, inputShape: [5, 4] }),
        dense("inner"),
        tf.layers.gaussianNoise({ stddev: 1 }),
      ],
    });
    const model = tf.sequential({
      layers: [
        inner,
        tf.layers.timeDistributed({ layer: tf.layers.dropout({ rate: 0.5 }) }),
        tf.layers.timeDistributed({ layer: dropConnect({ rate: 0.5, layer: dense("wrapped") }) }),
        tf.layers.bidirectional({
          layer: variationalRnn({
            cell: tf.layers.gruCell(cells),
            stateRate: 0.5,
            returnSequences: true,
          }) as tf.RNN,
          mergeMode: "concat",
        }),
        variationalRnn({
          cell: [tf.layers.lstmCell(cells), tf.layers.gruCell(cells)],
          inputRate: 0.5,
          returnSequences: true,
        }),
        tf.layers.lstm({ ...cells, dropout: 0.5, recurrentDropout: 0.5 }),
        tf.layers.alphaDropout({ rate: 0.5 }),
      ],
    });
    const clean = await expectStripped(model, floats([2, 5, 4]));
    expect(classes(clean)).toEqual([
      "Sequential",
      "TimeDistributed",
      "Bidirectional",
      "RNN",
      "LSTM",
    ]);
    expect(clean.countParams()).toBe(model.countParams());
  });

  test("what is frozen stays so, the model stays as it was, and each is disposed of for itself", () => {
    const model = tf.sequential({
      layers: [
        dropConnect({ rate: 0.5, layer: dense("a", { inputShape: [4] }), trainable: false }),
        dropout({ rate: 0.5 }),
        dense("b"),
      ],
    });
    const x = floats([3, 4]);
    const before = predicted(model, x);
    const config = JSON.stringify(model.toJSON(null, false));
    const clean = stripDropout(model);
    expect(clean.trainableWeights.length).toBe(2);
    expect(JSON.stringify(model.toJSON(null, false))).toBe(config);
    clean.dispose();
    expect(predicted(model, x)).toEqual(before);
  });

  test("of a model that is dropout alone a layer stays that does nothing", () => {
    const clean = stripDropout(
      tf.sequential({ layers: [dropout({ rate: 0.5, inputShape: [4] })] }),
    );
    const x = floats([3, 4]);
    expect(predicted(clean, x)).toEqual([[...x.dataSync()]]);
  });
});
