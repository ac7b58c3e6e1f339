import { inspectDropout, stochasticDepth, stripDropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import type { Edit } from "../../../src/web/messages.js";
import { TfjsOwn } from "../../../src/web/worker/own/TfjsOwn.js";
import { topologyOf, withLogits } from "../../../src/web/worker/own/topology.js";
import { placesIn, withInserted } from "../../../src/web/worker/own/withInserted.js";
import { artifactsOf, modelFiles } from "../../../src/web/worker/tfjs/modelFiles.js";
import { readModelFiles } from "../../../src/web/worker/tfjs/readModelFiles.js";

type Insert = Extract<Edit, { kind: "insert" }>;

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
async function edited(model: tf.LayersModel, ...edits: readonly Insert[]) {
  const artifacts = await artifactsOf(model);
  if (!(artifacts.modelTopology instanceof Object)) throw new TypeError("topology must be there");
  const modelTopology = edits.reduce<object>(withInserted, artifacts.modelTopology);
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

const insert = (...places: string[]): Insert => ({
  kind: "insert",
  places,
  variant: "dropout",
  rate: 0.25,
});

describe("withInserted", () => {
  test.each([
    ["a chain", chain, ["hidden"]],
    ["wired layers", residual, ["twice", "add"]],
  ])(
    "in %s, what is inserted drops, and stripped the layers are those that were there",
    async (_, make, starts) => {
      const model = make();
      const { modelTopology: given } = await edited(model);
      const places = placesIn(topologyOf(given), new Set())
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
      const clean = stripDropout(loaded);
      expect(clean.layers.map((layer) => layer.name)).toEqual(
        model.layers.map((layer) => layer.name),
      );
      expect(predicted(clean, x)).toEqual(predicted(model, x));
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
});

describe("TfjsOwn", () => {
  /** A model as somebody's files, opened. */
  async function opened(model: tf.LayersModel): Promise<TfjsOwn> {
    const files = modelFiles(await artifactsOf(model));
    return TfjsOwn.open(files.map(({ name, bytes }) => new File([bytes], name)));
  }
  const ratesIn = ({ report }: TfjsOwn): (number | undefined)[] =>
    report.sites.map(({ rate }) => rate);
  /** The model of its files. */
  async function modelOf(own: TfjsOwn): Promise<tf.LayersModel> {
    const files = own.files().map(({ name, bytes }) => new File([bytes], name));
    return load((await readModelFiles(files)).artifacts);
  }

  test("rates and strip reach cells, branches, and models inside", async () => {
    const model = tf.sequential({
      layers: [
        layers.lstm({ units: 4, dropout: 0.1, recurrentDropout: 0.2, inputShape: [3, 2] }),
        residual(0.3),
        stochasticDepth({ rate: 0.4 }),
      ],
    });
    const own = await opened(model);
    expect(ratesIn(own)).toEqual([0.1, 0.2, 0.3, 0.4]);
    const rated = await own.edited({ kind: "rate", rate: 0.5 });
    expect(ratesIn(rated)).toEqual([0.5, 0.5, 0.5, 0.5]);
    const clean = await rated.edited({ kind: "strip" });
    expect(ratesIn(clean)).toEqual([]);
    const x = tf.ones([2, 3, 2]);
    for (const one of [own, rated, clean]) {
      expect(predicted(await modelOf(one), x)).toEqual(predicted(model, x));
    }
  });

  test("what is inserted is taken out again, and dropout goes not behind dropout", async () => {
    const model = residual(0.3);
    const own = await opened(model);
    const places = own.report.places.map(({ id }) => id);
    expect(places.some((id) => /dropout/i.test(id))).toBe(false);
    const noisy = await own.edited(insert("twice"));
    expect(ratesIn(noisy).sort()).toEqual([0.25, 0.3]);
    const x = tf.ones([2, 4]);
    const clean = await noisy.edited({ kind: "strip" });
    expect(ratesIn(clean)).toEqual([]);
    expect(predicted(await modelOf(clean), x)).toEqual(predicted(model, x));
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
