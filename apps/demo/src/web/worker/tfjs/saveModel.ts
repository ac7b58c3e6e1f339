import * as tf from "@tensorflow/tfjs";
import type { SavedFile } from "../PageLearner.js";

/** A model as one JSON file: tfjs's model.json, with the weights as base64 in `weightData`. */
export async function saveModel(model: tf.LayersModel): Promise<SavedFile> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (made) => {
      artifacts = made;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  if (artifacts?.weightData === undefined) {
    throw new Error("demo: a saved model must have weights, got none");
  }
  const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const file = { ...artifacts, weightData: base64(weights) };
  return { name: "model.json", bytes: new TextEncoder().encode(JSON.stringify(file)) };
}

function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 0x8000) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  }
  return btoa(pieces.join(""));
}
