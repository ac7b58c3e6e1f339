import { encodeModel, inspectDropout, maskFeeds } from "@dropoutkit/onnx";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import type { LayerPlan } from "../../../src/experiment/networks/LayerPlan.js";
import { cleanModel, withNoise } from "../../../src/experiment/networks/onnxModel.js";
import { tfjsLayers } from "../../../src/experiment/networks/tfjsLayers.js";
import { fieldsOf } from "../../../src/web/masks/fieldsOf.js";
import type { MaskView } from "../../../src/web/masks/MaskView.js";
import { maskViews } from "../../../src/web/masks/maskViews.js";
import { planOf } from "../../../src/web/network/planOf.js";
import { OnnxOwn } from "../../../src/web/worker/own/OnnxOwn.js";

const seed = 7;
const chosen = { runtime: "onnx-wasm", beside: "plain", seed } as const;
const step = 3;
const example = 2;
const batch = 4;

const kept = (values: Iterable<number>): boolean[] => Array.from(values, (value) => value !== 0);

/** A view's entries in the order of `[...space, channels]`. */
function entriesOf({ tiles }: MaskView): boolean[] {
  const [{ factors }] = tiles;
  return kept(factors).flatMap((_, i) => tiles.map((tile) => tile.factors[i] !== 0));
}

/** What the training's own layers leave of ones, of the example. */
async function keptByTfjs(plan: readonly LayerPlan[]): Promise<boolean[][]> {
  await tf.setBackend("cpu");
  const layers = tfjsLayers(plan, { seed, step: 0 });
  return plan.flatMap((layer, i) => {
    if (layer.kind !== "noise") return [];
    const y = layers[i].apply(tf.ones([batch, ...layer.shape]), { training: true, step });
    if (!(y instanceof tf.Tensor)) throw new TypeError("layer must give one tensor");
    const own = y.dataSync();
    const size = own.length / batch;
    // Alpha dropout keeps a value's sign, and drops to a negative one.
    const isKept = (value: number): boolean => value > 0;
    return [Array.from(own.slice(example * size, (example + 1) * size), isKept)];
  });
}

describe("masks that the page shows", () => {
  test.each([
    ["mlp", "dropout", 0.5],
    ["mlp", "alpha-dropout", 0.2],
    ["cnn", "spatial-dropout", 0.4],
    ["cnn", "drop-block", 0.3],
    ["cnn", "dropout", 0.3],
  ] as const)("of %s with %s: what tfjs drops at that step", async (network, variant, rate) => {
    const plan = planOf({ ...chosen, network, variant, rates: [rate, rate] });
    const views = maskViews(fieldsOf(plan, batch), { seed, step, example });
    expect(views.map(entriesOf)).toEqual(await keptByTfjs(plan));
    for (const { dropped } of views) expect(dropped?.count).toBeGreaterThan(0);
  });

  test.each([
    ["mlp", "dropout", [0.5, 0.2]],
    ["cnn", "spatial-dropout", [0.5, 0.2]],
    ["cnn", "drop-block", [0.5, 0.2]],
    ["lstm", "variational-dropout", [0.5, 0.2, 0.3]],
    ["lstm", "zoneout", [0.5, 0.2]],
  ] as const)("of %s with %s: what ONNX is fed at that step", (network, variant, rates) => {
    const plan = planOf({ ...chosen, network, variant, rates });
    const feeds = maskFeeds(withNoise(cleanModel(plan), plan), { seed, step, dims: { batch } });
    const views = maskViews(fieldsOf(plan, batch), { seed, step, example });
    expect(views.map(({ site }) => `${site}/keep`.replace("/activation", ""))).toEqual(
      Object.keys(feeds).map((name) => name.replace("/activation", "")),
    );
    for (const [i, { data, dims }] of Object.values(feeds).entries()) {
      const timesteps = variant === "zoneout" ? 28 : 1;
      const size = data.length / batch / timesteps;
      const own = Array.from(data).filter(
        (_, entry) => Math.floor(entry / size) % batch === example,
      );
      expect(entriesOf(views[i]).slice(0, own.length), `${dims}`).toEqual(kept(own));
    }
  });

  test("of weights: what ONNX is fed at that step", () => {
    const plan = planOf({ ...chosen, network: "mlp", variant: "drop-connect", rates: [0.5, 0.5] });
    const feeds = maskFeeds(withNoise(cleanModel(plan), plan), { seed, step, dims: { batch } });
    const kernels = Object.values(feeds).filter(({ dims }) => dims.length === 2);
    for (const [i, view] of maskViews(fieldsOf(plan, batch), { seed, step, example }).entries()) {
      const { data } = kernels[i];
      const unit = 5;
      const column = Array.from(data).filter((_, entry) => entry % 256 === unit);
      expect(kept(view.tiles[unit].factors)).toEqual(kept(column));
    }
  });

  test("of concrete dropout: what tfjs makes of ones at that step", async () => {
    await tf.setBackend("cpu");
    const units = 9;
    const identity = Float32Array.from({ length: units * units }, (_, i) => Number(i % 10 === 0));
    const layer: LayerPlan = {
      kind: "dense",
      name: "dense",
      inputs: units,
      units,
      activation: "linear",
      kernel: identity,
      bias: new Float32Array(units),
      concrete: { site: "concrete", rate: 0.3, examples: 100 },
    };
    const y = tfjsLayers([layer], { seed, step: 0 })[0].apply(tf.ones([batch, units]), {
      training: true,
      step,
    });
    if (!(y instanceof tf.Tensor)) throw new TypeError("layer must give one tensor");
    const expected = y.dataSync().slice(example * units, (example + 1) * units);
    const [view] = maskViews(fieldsOf([layer], batch), { seed, step, example });
    expect(view.learnedRate).toBe(0.3);
    // A sigmoid of up to 10 times a sum of three terms near 10, in float32: 1e-7 of that, some 1e-4.
    view.tiles[0].factors.forEach((factor, i) => {
      expect(Math.abs(factor - expected[i])).toBeLessThan(1e-4);
    });
    const learnedRates = new Map([["concrete", 0.9]]);
    const [later] = maskViews(fieldsOf([layer], batch), { seed, step, example, learnedRates });
    expect(later.learnedRate).toBe(0.9);
    expect(later.tiles[0].factors).not.toEqual(view.tiles[0].factors);
  });

  test.each(["dropout", "alpha-dropout", "spatial-dropout"] as const)(
    "of somebody's own .onnx with %s: what it is fed at that step",
    async (variant) => {
      const plan = planOf(
        { ...chosen, network: "cnn", variant: "spatial-dropout", rates: [] },
        { isNoisy: false },
      );
      const model = cleanModel(plan);
      const places = inspectDropout(model).places.filter(({ opType }) => opType === "Relu");
      const opened = await OnnxOwn.open([
        new File([Uint8Array.from(encodeModel(model))], "cnn.onnx"),
      ]);
      const own = await opened.edited({
        kind: "insert",
        places: places.map(({ tensor }) => tensor),
        variant,
        rate: 0.4,
      });
      const noisy = own.trainable({ isNoisy: true });
      const feeds = Object.values(maskFeeds(noisy, { seed, step, dims: { batch } }));
      const views = maskViews(own.fields(batch), { seed, step, example });
      expect(views.length).toBe(feeds.length);
      for (const [i, { data, dims }] of feeds.entries()) {
        const size = data.length / batch;
        const own = kept(data.slice(example * size, (example + 1) * size));
        const isShared = dims[2] === 1;
        const shown = views[i].tiles.flatMap(({ factors }) =>
          isShared ? kept([...new Set(factors)]) : kept(factors),
        );
        expect(shown).toEqual(own);
        expect(views[i].dropped?.of).toBe(size);
      }
    },
  );

  test("of zoneout: another one at each timestep; of variational dropout: the same at all", () => {
    const rowsOf = (variant: string, rates: readonly number[]): string[][] => {
      const plan = planOf({ ...chosen, network: "lstm", variant, rates });
      return maskViews(fieldsOf(plan, batch), { seed, step, example }).map(
        ({ tiles: [{ columns, factors }] }) =>
          Array.from({ length: 28 }, (_, row) =>
            factors.slice(row * columns, (row + 1) * columns).join(""),
          ),
      );
    };
    for (const rows of rowsOf("variational-dropout", [0.5, 0.5, 0.5]))
      expect(new Set(rows).size).toBe(1);
    // Of 64 units at rate 0.5 two rows are equal with probability 2^-64.
    for (const rows of rowsOf("zoneout", [0.5, 0.5])) expect(new Set(rows).size).toBe(28);
  });

  test("of Gaussian noise: nothing is dropped, factors have mean 1", () => {
    const plan = planOf({
      ...chosen,
      network: "mlp",
      variant: "gaussian-dropout",
      rates: [0.5, 0.5],
    });
    for (const { dropped, tiles } of maskViews(fieldsOf(plan, batch), { seed, step, example })) {
      expect(dropped).toBeUndefined();
      const [{ factors }] = tiles;
      const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
      // The mean of 256 normals of deviation 1 has deviation 1/16: four of them.
      expect(Math.abs(mean - 1)).toBeLessThan(0.25);
    }
  });
});
