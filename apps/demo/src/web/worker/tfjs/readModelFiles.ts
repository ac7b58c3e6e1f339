import * as tf from "@tensorflow/tfjs";
import { fileBeside } from "../own/fileBeside.js";

/** What a layers model's files hold. */
export type ReadArtifacts = tf.io.ModelArtifacts & { readonly modelTopology: object };

/** Bytes of a number in a file of weights, as it is or quantised. */
const WIDTHS: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/**
 * Reads a model.json and the files of weights that it names.
 * @throws {Error} If it is no layers model, or if weights are missing or of another size.
 */
export async function readModelFiles(
  files: readonly File[],
): Promise<{ readonly name: string; readonly artifacts: ReadArtifacts }> {
  const json = files.find(({ name }) => name.endsWith(".json"));
  if (json === undefined) throw new Error("demo: files must hold a model.json, got none");
  const model = layersModelOf(await json.text());
  const artifacts = await tf.io.getModelArtifactsForJSON(model, (manifest) =>
    weightsOf(manifest, files),
  );
  return { name: json.name, artifacts: { ...artifacts, modelTopology: model.modelTopology } };
}

function layersModelOf(text: string): tf.io.ModelJSON & { readonly modelTopology: object } {
  let model: Partial<tf.io.ModelJSON>;
  try {
    model = { ...JSON.parse(text) };
  } catch (cause) {
    throw new Error("demo: model.json must be whole, got broken JSON", { cause });
  }
  const { format, modelTopology, weightsManifest } = model;
  if (format === "graph-model") {
    throw new Error(
      "demo: model.json must hold a layers model, which can be trained, got a graph model",
    );
  }
  if (!(modelTopology instanceof Object && Array.isArray(weightsManifest))) {
    throw new Error("demo: model.json must hold a layers model and its weights, got another file");
  }
  return { ...model, modelTopology, weightsManifest };
}

async function weightsOf(
  manifest: tf.io.WeightsManifestConfig,
  files: readonly File[],
): Promise<[tf.io.WeightsManifestEntry[], ArrayBuffer[]]> {
  const paths = manifest.flatMap((group) => group.paths);
  const read = paths.map((path) => fileBeside("model.json", { path, files }));
  const specs = manifest.flatMap(({ weights }) => weights);
  const buffers = await Promise.all(read.map((file) => file.arrayBuffer()));
  const [bytes, wanted] = [
    buffers.reduce((sum, { byteLength }) => sum + byteLength, 0),
    specs.reduce((sum, spec) => sum + bytesOf(spec), 0),
  ];
  if (bytes !== wanted) {
    throw new Error(`demo: weights of model.json must be ${wanted} bytes, got ${bytes}`);
  }
  return [specs, buffers];
}

function bytesOf({ name, shape, dtype, quantization }: tf.io.WeightsManifestEntry): number {
  const width = WIDTHS[quantization?.dtype ?? dtype];
  if (width === undefined) {
    throw new Error(`demo: weight ${name} of model.json must be numbers, got ${dtype}`);
  }
  return tf.util.sizeFromShape(shape) * width;
}
