import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

/** Saves a model as the two files that tfjs writes, its topology and its weights, and loads it from them. */
export async function throughFiles(model: tf.LayersModel): Promise<tf.LayersModel> {
  const folder = await mkdtemp(join(tmpdir(), "dropoutkit-"));
  const [topology, weights] = ["model.json", "weights.bin"].map((name) => join(folder, name));
  try {
    await model.save(
      tf.io.withSaveHandler(async ({ weightData, ...artifacts }) => {
        const buffers = [weightData ?? []].flat();
        await writeFile(topology, JSON.stringify(artifacts));
        await writeFile(weights, Buffer.concat(buffers.map((buffer) => new Uint8Array(buffer))));
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
    const artifacts: tf.io.ModelArtifacts = JSON.parse(await readFile(topology, "utf8"));
    const weightData = new Uint8Array(await readFile(weights)).buffer;
    return await tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, weightData }));
  } finally {
    await rm(folder, { recursive: true });
  }
}
