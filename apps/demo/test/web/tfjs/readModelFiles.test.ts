import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { artifactsOf, modelFiles } from "../../../src/web/worker/tfjs/modelFiles.js";
import { readModelFiles } from "../../../src/web/worker/tfjs/readModelFiles.js";

const json = (content: unknown): File => new File([JSON.stringify(content)], "model.json");

/** Of a model with one weight, of so many numbers. */
const oneWeight = (dtype: string, quantization?: object): File =>
  json({
    modelTopology: { class_name: "Sequential" },
    weightsManifest: [
      {
        paths: ["some/folder/w.bin"],
        weights: [{ name: "w", shape: [2, 3], dtype, quantization }],
      },
    ],
  });

const weights = (bytes: number): File => new File([new Uint8Array(bytes)], "w.bin");

describe("readModelFiles", () => {
  test("gives what a saved model holds, whatever the order of its files", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
    const saved = await artifactsOf(model);
    const files = modelFiles(saved).map(({ name, bytes }) => new File([bytes], name));
    const { name, artifacts } = await readModelFiles(files.reverse());
    expect(name).toBe("model.json");
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    expect(loaded.getWeights().map((weight) => weight.dataSync())).toEqual(
      model.getWeights().map((weight) => weight.dataSync()),
    );
  });

  test.each([
    ["as it is", "float32", undefined, 24],
    ["quantised to bytes", "float32", { dtype: "uint8", min: 0, scale: 1 }, 6],
    ["quantised to half precision", "float32", { dtype: "float16" }, 12],
  ])("takes a weight %s", async (_, dtype, quantization, bytes) => {
    const read = readModelFiles([oneWeight(dtype, quantization), weights(bytes)]);
    await expect(read).resolves.toMatchObject({ name: "model.json" });
  });

  test.each([
    ["broken JSON", [new File(["{"], "model.json")], "must be whole, got broken JSON"],
    ["no model", [json(null)], "must hold a layers model and its weights, got another file"],
    ["no weights", [json({ modelTopology: {} })], "must hold a layers model and its weights"],
    ["a graph model", [json({ format: "graph-model" })], "got a graph model"],
    ["a missing file", [oneWeight("float32")], "must come with w.bin, got no such file"],
    ["a short file", [oneWeight("float32"), weights(23)], "must be 24 bytes, got 23"],
    ["text", [oneWeight("string"), weights(24)], "must be numbers, got string"],
    ["no json", [weights(24)], "must hold a model.json, got none"],
  ])("says what is wrong with %s", async (_, files, message) => {
    await expect(readModelFiles(files)).rejects.toThrow(message);
  });
});
