import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeModel, inspectDropout } from "@dropoutkit/onnx";
import * as tf from "@tensorflow/tfjs";
import type { Download, Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawDigits } from "../../src/data/drawDigits.js";
import { cleanModel } from "../../src/experiment/networks/onnxModel.js";
import { planOf } from "../../src/web/network/planOf.js";
import { artifactsOf, modelFiles } from "../../src/web/worker/tfjs/modelFiles.js";
import { idxBytes } from "../data/idxBytes.js";
import { dropFile } from "./dropFile.js";
import { takeStep, violations, withPage } from "./withPage.js";

const settings = {
  network: "mlp",
  variant: "dropout",
  rates: [0.5, 0.5],
  runtime: "onnx-wasm",
  beside: "plain",
  seed: 0,
} as const;

/** A file as Playwright gives it to an input. */
const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(bytes),
});

/** Reads the two files as tfjs reads them from a server. */
const filesHandler = (json: Uint8Array, weights: Uint8Array): tf.io.IOHandler => ({
  load: () =>
    tf.io.getModelArtifactsForJSON(JSON.parse(new TextDecoder().decode(json)), async (manifest) => [
      manifest.flatMap((group) => group.weights),
      Uint8Array.from(weights).buffer,
    ]),
});

describe("files", () => {
  const open = withPage();
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dropoutkit-page-"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(() => {
    page = open().page;
  });

  const choose = (...files: ReturnType<typeof file>[]): Promise<void> =>
    page.getByLabel("Open a model").setInputFiles(files);

  /** Of any size: Playwright is slow with bytes that it is given. */
  async function written(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  async function saved(button: string, count = 1): Promise<Uint8Array[]> {
    const downloads: Download[] = [];
    page.on("download", (download) => downloads.push(download));
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect.poll(() => downloads.length).toBe(count);
    return Promise.all(downloads.map(async (download) => readFile(await download.path())));
  }

  /** Takes two steps, the second again from a checkpoint of the first: all that a checkpoint keeps is equal to the bit. */
  async function goesOn(): Promise<void> {
    await takeStep(page, 1);
    const [checkpoint] = await saved("Save checkpoint");
    await takeStep(page, 2);
    const [whole] = await saved("Save checkpoint");
    await page.reload();
    const path = await written("step1.dropoutkit.json", checkpoint);
    await page.getByLabel("Open a model").setInputFiles(path);
    await page.getByText("Paused at step 1").waitFor();
    await takeStep(page, 2);
    const [resumed] = await saved("Save checkpoint");
    expect(Buffer.compare(resumed, whole)).toBe(0);
    expect(Buffer.compare(resumed, checkpoint)).not.toBe(0);
  }

  const masks = (): Promise<string[]> => page.locator("#masks figure").allTextContents();

  const sites = (): Promise<string[]> => page.locator("#own-sites tr").allTextContents();

  test("an .onnx gets dropout, other rates, is trained and saved", async () => {
    await choose(
      file("digits.onnx", encodeModel(cleanModel(planOf(settings, { isNoisy: false })))),
    );
    await page.getByText("digits.onnx, an ONNX model").waitFor();
    expect(await sites()).toEqual(["none"]);
    await page.getByRole("button", { name: "Insert", exact: true }).click();
    await expect
      .poll(sites)
      .toEqual([expect.stringContaining("dropout0.50"), expect.stringContaining("dropout0.50")]);
    await expect
      .poll(masks)
      .toEqual([expect.stringMatching(/dropped/), expect.stringMatching(/dropped/)]);
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Rate", { exact: true }).fill("0.2");
    await page.getByRole("button", { name: "Set all rates" }).click();
    await expect.poll(async () => (await sites()).join()).toMatch(/0\.20.*0\.20/);
    const [noisy] = await saved("Save it");
    expect(inspectDropout(noisy).sites.map(({ rate }) => rate)).toEqual([0.2, 0.2]);
    await goesOn();
    const [trained] = await saved("Save model");
    expect(inspectDropout(trained).sites).toEqual([]);
    await page.getByRole("button", { name: "Strip" }).click();
    await expect.poll(sites).toEqual(["none"]);
    await expect.poll(masks).toEqual([]);
  });

  test("an .onnx that is dropped on the page is opened; what is no model is said", async () => {
    const model = encodeModel(cleanModel(planOf(settings)));
    await dropFile(page, await written("digits.onnx", model));
    await page.getByText("digits.onnx, an ONNX model").waitFor();
    expect(await page.locator("body.dropping").count()).toBe(0);
    await dropFile(page, await written("digits.txt", new Uint8Array(10)));
    await expect.poll(() => page.locator("#error").textContent()).toMatch(/got digits\.txt/);
  });

  test("a model.json gets dropout, is trained, saved, and loads in tfjs", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28, 1] }),
        tf.layers.dense({ units: 32, activation: "relu", name: "hidden" }),
        tf.layers.dense({ units: 10, activation: "softmax" }),
      ],
    });
    const files = modelFiles(await artifactsOf(model));
    await choose(...files.map(({ name, bytes }) => file(name, bytes)));
    await page.getByText("model.json, a model of TensorFlow.js").waitFor();
    await page.getByRole("button", { name: "Insert", exact: true }).click();
    await expect.poll(sites).toEqual(["hidden_dropoutdropout0.50"]);
    await expect.poll(masks).toEqual([expect.stringMatching(/of 32 dropped.*hidden_dropout/)]);
    await goesOn();
    await saved("Save it", 2);
    await page.getByText("has layers of @dropoutkit/tfjs").waitFor();
    const [json, weights] = await saved("Save model", 2);
    const loaded = await tf.loadLayersModel(filesHandler(json, weights));
    const sums = tf.tidy(() => {
      const y = loaded.predict(tf.zeros([1, 28, 28, 1]));
      return y instanceof tf.Tensor ? y.sum().dataSync() : [];
    });
    expect(sums[0]).toBeCloseTo(1, 5);
    expect(loaded.getWeights()[0].dataSync()).not.toEqual(model.getWeights()[0].dataSync());
  });

  for (const runtime of ["tfjs-wasm", "onnx-wasm"]) {
    test(`a checkpoint goes on in ${runtime} as the run that it is of`, async () => {
      await page.getByLabel("Runs in").selectOption(runtime);
      await goesOn();
      expect(await page.getByLabel("Runs in").inputValue()).toBe(runtime);
    });
  }

  test("four files of MNIST's kind are what is trained on", async () => {
    const { train, validation } = drawDigits({ train: 80, validation: 40 });
    await choose(
      file("train-images-idx3-ubyte.gz", gzipSync(idxBytes(2051, [80, 28, 28], train.images))),
      file("train-labels-idx1-ubyte", idxBytes(2049, [80], train.labels)),
      file("t10k-images-idx3-ubyte", idxBytes(2051, [40, 28, 28], validation.images)),
      file("t10k-labels-idx1-ubyte", idxBytes(2049, [40], validation.labels)),
    );
    await page.getByText("80 training and 40 validation images").waitFor();
    await takeStep(page, 1);
  });

  test("what is no model is said", async () => {
    await choose(file("digits.onnx", new Uint8Array(10).fill(255)));
    await expect.poll(() => page.locator("#own-error").textContent()).toMatch(/must/);
    await choose(file("model.json", Buffer.from("{")));
    await expect.poll(() => page.locator("#own-error").textContent()).toMatch(/broken JSON/);
    await choose(file("digits.txt", new Uint8Array(10)));
    await expect.poll(() => page.locator("#own-error").textContent()).toMatch(/got digits\.txt/);
  });
});
