import {
  inspectDropout,
  type NoiseLayer,
  replaceDropout,
  setRates,
  stripDropout,
} from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import { PIXELS } from "../../../data/digits.js";
import { isActivation } from "../../../experiment/isActivation.js";
import { readTfjsState } from "../../../experiment/tfjsState.js";
import type { PlannedField } from "../../masks/PlannedField.js";
import type { Edit, OwnReport, SavedFile } from "../../messages.js";
import type { MakeOptions } from "../MakeOptions.js";
import type { PageLearner } from "../PageLearner.js";
import { artifactsOf, modelFiles } from "../tfjs/modelFiles.js";
import { type ReadArtifacts, readModelFiles } from "../tfjs/readModelFiles.js";
import { learnerOf } from "../tfjs/tfjsLearner.js";
import type { Editable } from "./Editable.js";
import { topologyOf, withLogits } from "./topology.js";
import { placesIn, withInserted } from "./withInserted.js";

interface Read {
  readonly report: OwnReport;
  readonly artifacts: ReadArtifacts;
  /** Over a batch of one. */
  readonly fields: readonly PlannedField[];
}

/** A model of a model.json and its files of weights. */
export class TfjsOwn implements Editable<TfjsOwn> {
  readonly framework = "tfjs";
  readonly report: OwnReport;
  readonly #artifacts: ReadArtifacts;
  readonly #fields: readonly PlannedField[];

  private constructor({ report, artifacts, fields }: Read) {
    this.report = report;
    this.#artifacts = artifacts;
    this.#fields = fields;
  }

  /** @throws {Error} If the files are no layers model. */
  static async open(files: readonly File[]): Promise<TfjsOwn> {
    const { name, artifacts } = await readModelFiles(files);
    return TfjsOwn.#made(name, artifacts);
  }

  static async #made(name: string, artifacts: ReadArtifacts): Promise<TfjsOwn> {
    const given = await loaded(artifacts);
    const { sites, pitfalls } = inspectDropout(given);
    const model = ofThisProject(given);
    const fields = layersIn(model).flatMap(fieldsOfLayer);
    model.dispose();
    const report: OwnReport = {
      name,
      framework: "tfjs",
      sites: sites.map(({ layer, variant, rate }) => ({ site: layer, variant, rate })),
      places: placesIn(topologyOf(artifacts.modelTopology), new Set(sites.map(dropping))).map(
        placeOf,
      ),
      pitfalls: pitfalls.map(({ message }) => message),
    };
    return new TfjsOwn({ report, artifacts, fields });
  }

  async edited(edit: Edit): Promise<TfjsOwn> {
    const artifacts = await editedArtifacts(this.#artifacts, edit);
    return TfjsOwn.#made(this.report.name, artifacts);
  }

  fields(batch: number): readonly PlannedField[] {
    return this.#fields.map(({ target: [, ...sizes], ...field }) => ({
      ...field,
      target: [batch, ...sizes],
    }));
  }

  files(): readonly SavedFile[] {
    return modelFiles(this.#artifacts);
  }

  /** @throws {Error} If the model does not take 784 pixels and give ten numbers. */
  async learner({
    isNoisy,
    saved,
  }: Pick<MakeOptions, "saved"> & { readonly isNoisy: boolean }): Promise<PageLearner> {
    const clean = await editedArtifacts(this.#artifacts, { kind: "strip" });
    const { modelTopology, ...start } = isNoisy ? this.#artifacts : clean;
    const topology = withLogits(modelTopology);
    const model = ofThisProject(await loaded({ ...start, modelTopology: topology }));
    const state = saved && readTfjsState(saved);
    for (const layer of layersIn(model)) {
      if (state && "step" in layer) Object.assign(layer, { step: state.step });
    }
    const files = async () => {
      const { modelTopology: topologyOfClean } = clean;
      const trained = stripDropout(model);
      const artifacts = await artifactsOf(trained);
      trained.dispose();
      return modelFiles({ ...artifacts, modelTopology: topologyOfClean });
    };
    return learnerOf(ofPixels(model), { state, files });
  }
}

/** The files of a model with an edit made. */
async function editedArtifacts(artifacts: ReadArtifacts, edit: Edit): Promise<ReadArtifacts> {
  if (edit.kind === "insert") {
    return { ...artifacts, modelTopology: withInserted(artifacts.modelTopology, edit) };
  }
  const given = await loaded(artifacts);
  const model = edit.kind === "strip" ? stripDropout(given) : replaceDropout(given).model;
  given.dispose();
  // Dropout of tfjs became this project's: tfjs's own draws one mask for ever where it has a seed.
  if (edit.kind === "rate") setRates(model, edit.rate);
  const { modelTopology, weightSpecs, weightData } = await artifactsOf(model);
  model.dispose();
  if (!(modelTopology instanceof Object))
    throw new Error("demo: a model must have a topology, got none");
  return { ...artifacts, modelTopology, weightSpecs, weightData };
}

/** The layer of a model that a site is in. */
const dropping = ({ layer }: { readonly layer: string }): string => layer.split("/")[0];

/** With this project's layers in the place of tfjs's dropout, in cells and inner models too; the other is gone. */
function ofThisProject(given: tf.LayersModel): tf.LayersModel {
  const { model } = replaceDropout(given);
  given.dispose();
  return model;
}

/** The layers of a model, and of models and wrappers in it. */
function layersIn(layer: tf.layers.Layer): tf.layers.Layer[] {
  const inner: unknown[] =
    layer instanceof tf.LayersModel ? layer.layers : [Reflect.get(layer, "layer")];
  const layers = inner.filter((one) => one instanceof tf.layers.Layer);
  return layers.flatMap((one) => [one, ...layersIn(one)]);
}

/** What a layer of this project draws for an example. */
function fieldsOfLayer(layer: tf.layers.Layer): PlannedField[] {
  const [, ...sizes] = layer.outputShape;
  if (!isNoiseLayer(layer) || !sizes.every(Number.isInteger)) return [];
  const { site, seed, variant } = layer;
  return variant.parts.map((part) => ({
    site,
    seed,
    part,
    target: [1, ...sizes.map(Number)],
    channels: "last",
  }));
}

const isNoiseLayer = (layer: tf.layers.Layer): layer is NoiseLayer =>
  "variant" in layer && !("layer" in layer || "cell" in layer);

async function loaded(artifacts: ReadArtifacts): Promise<tf.LayersModel> {
  try {
    return await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new Error(
      `demo: model.json must be a model that TensorFlow.js loads, got one of which it says: ${reason}`,
      { cause },
    );
  }
}

const placeOf = ({ class_name, config }: ReturnType<typeof topologyOf>["layers"][number]) => {
  const { name, activation } = { name: "", activation: "linear", ...config };
  const isUsual = isActivation(class_name) || isActivation(activation);
  return { id: name, label: `${class_name} ${name}`, isUsual };
};

/** The model behind a list of pixels. */
function ofPixels(model: tf.LayersModel): tf.Sequential {
  const [, ...sizes] = model.inputs[0].shape;
  const [, classes] = model.outputs[0].shape;
  const pixels = sizes.reduce<number>((product, size) => product * (size ?? Number.NaN), 1);
  if (model.inputs.length !== 1 || pixels !== PIXELS || classes !== 10) {
    throw new Error(
      `demo: model must take ${PIXELS} pixels and give 10 numbers, got ${JSON.stringify(model.inputs[0].shape)} and ${JSON.stringify(model.outputs[0].shape)}`,
    );
  }
  return tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape: [PIXELS] }),
      tf.layers.reshape({ targetShape: sizes.map(Number) }),
      model,
    ],
  });
}
