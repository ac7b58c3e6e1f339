import * as tf from "@tensorflow/tfjs";
import type { SavedFile } from "../../messages.js";

const WEIGHTS = "model.weights.bin";

/** What `model.save` gives a handler. */
export async function artifactsOf(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (made) => {
      artifacts = made;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  if (artifacts === undefined) throw new Error("demo: a saved model must have artifacts, got none");
  return artifacts;
}

/** The two files of a model that `tf.loadLayersModel` reads. */
export function modelFiles({
  weightData,
  weightSpecs,
  ...rest
}: tf.io.ModelArtifacts): readonly SavedFile[] {
  if (weightData === undefined || weightSpecs === undefined) {
    throw new Error("demo: a saved model must have weights, got none");
  }
  const json = { ...rest, weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }] };
  return [
    { name: "model.json", bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { name: WEIGHTS, bytes: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)) },
  ];
}
