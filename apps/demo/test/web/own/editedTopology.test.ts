import { inspectDropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import type { Edit } from "../../../src/web/messages.js";
import { editedTopology, placesIn } from "../../../src/web/worker/own/editedTopology.js";
import { topologyOf, withLogits } from "../../../src/web/worker/own/topology.js";
import { artifactsOf } from "../../../src/web/worker/tfjs/modelFiles.js";

const { layers } = tf;

/** Applied to one tensor. */
const at = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) => {
  const y = layer.apply(x);
  if (!(y instanceof tf.SymbolicTensor)) throw new TypeError("layer must give one tensor");
  return y;
};

/** A residual block with a layer that is called twice, and dropout in a branch if asked. */
function residual(rate?: number): tf.LayersModel {
  const x = tf.input({ shape: [4] });
  const twice = layers.dense({ units: 4, activation: "relu", name: "twice" });
  const once = at(twice, x);
  const branch = rate === undefined ? once : at(layers.dropout({ rate }), once);
  const sum = at(layers.add(), [branch, at(twice, branch), x]);
  return tf.model({ inputs: x, outputs: at(layers.dense({ units: 2, name: "last" }), sum) });
}

const chain = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      layers.dense({ units: 4, activation: "relu", name: "hidden", inputShape: [4] }),
      layers.dense({ units: 2, activation: "softmax", name: "last" }),
    ],
  });

/** What files hold of a model, with its topology edited. */
async function edited(model: tf.LayersModel, ...edits: readonly Edit[]) {
  const artifacts = await artifactsOf(model);
  if (!(artifacts.modelTopology instanceof Object)) throw new TypeError("topology must be there");
  const modelTopology = edits.reduce<object>(editedTopology, artifacts.modelTopology);
  return { ...artifacts, modelTopology };
}

const load = (artifacts: tf.io.ModelArtifacts): Promise<tf.LayersModel> =>
  tf.loadLayersModel(tf.io.fromMemory(artifacts));

const predicted = (model: tf.LayersModel, x: tf.Tensor): Float32Array => {
  const y = model.predict(x);
  if (Array.isArray(y)) throw new TypeError("model must give one tensor");
  return Float32Array.from(y.dataSync());
};

const ratesOf = (model: tf.LayersModel): (number | undefined)[] =>
  inspectDropout(model).sites.map(({ rate }) => rate);

const insert = (...places: string[]): Edit => ({
  kind: "insert",
  places,
  variant: "dropout",
  rate: 0.25,
});

describe("editedTopology", () => {
  test.each([
    ["a chain", chain, ["hidden"]],
    ["wired layers", residual, ["twice", "add"]],
  ])(
    "in %s, what is inserted drops, and strip gives back what was there",
    async (_, make, starts) => {
      const model = make();
      const { modelTopology: given } = await edited(model);
      const places = placesIn(topologyOf(given))
        .map(({ config }) => String(config["name"]))
        .filter((name) => starts.some((start) => name.startsWith(start)));
      expect(places.length).toBe(starts.length);
      const noisy = await edited(model, insert(...places));
      const loaded = await load(noisy);
      expect(ratesOf(loaded)).toEqual(places.map(() => 0.25));
      const x = tf.ones([64, 4]);
      expect(predicted(loaded, x)).toEqual(predicted(model, x));
      const drawn = loaded.apply(x, { training: true });
      if (!(drawn instanceof tf.Tensor)) throw new TypeError("model must give one tensor");
      expect(Float32Array.from(drawn.dataSync())).not.toEqual(predicted(model, x));
      expect((await edited(model, insert(...places), { kind: "strip" })).modelTopology).toEqual(
        given,
      );
    },
  );

  test("inserted behind a layer that is called twice, it is called twice", async () => {
    const loaded = await load(await edited(residual(), insert("twice")));
    expect(loaded.getLayer("twice_dropout").inboundNodes.length).toBe(2);
  });

  test("inserted twice behind a layer, it has two names", async () => {
    const loaded = await load(await edited(chain(), insert("hidden"), insert("hidden")));
    expect(ratesOf(loaded)).toEqual([0.25, 0.25]);
  });

  test("strip takes dropout out of wired layers", async () => {
    const model = residual(0.5);
    const loaded = await load(await edited(model, { kind: "strip" }));
    expect(ratesOf(loaded)).toEqual([]);
    const x = tf.ones([2, 4]);
    expect(predicted(loaded, x)).toEqual(predicted(model, x));
  });

  test("rates and strip reach cells, and models inside", async () => {
    const model = tf.sequential({
      layers: [
        layers.lstm({ units: 4, dropout: 0.1, recurrentDropout: 0.2, inputShape: [3, 2] }),
        residual(0.3),
      ],
    });
    expect(ratesOf(model)).toEqual([0.1, 0.2, 0.3]);
    const rated = await edited(model, { kind: "rate", rate: 0.4 });
    expect(ratesOf(await load(rated))).toEqual([0.4, 0.4, 0.4]);
    const clean = await load(await edited(model, { kind: "strip" }));
    expect(ratesOf(clean)).toEqual([]);
    const x = tf.ones([2, 3, 2]);
    expect(predicted(clean, x)).toEqual(predicted(model, x));
  });
});

test("withLogits: a softmax at the end is left out, as an activation and as a layer", async () => {
  const asLayer = tf.sequential({
    layers: [layers.dense({ units: 3, inputShape: [4] }), layers.softmax()],
  });
  for (const model of [asLayer, chain()]) {
    const given = await edited(model);
    const loaded = await load({ ...given, modelTopology: withLogits(given.modelTopology) });
    const x = tf.ones([1, 4]);
    const probabilities = tf.softmax(tf.tensor(predicted(loaded, x))).dataSync();
    // Exponentials of numbers near 1, each rounded twice.
    predicted(model, x).forEach((probability, i) => {
      expect(probability).toBeCloseTo(probabilities[i], 5);
    });
    expect(predicted(loaded, x).reduce((sum, logit) => sum + logit, 0)).not.toBeCloseTo(1, 5);
  }
});
