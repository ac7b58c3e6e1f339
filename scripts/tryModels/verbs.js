// @ts-check
import { dropout } from "../../packages/core/dist/index.js";
import {
  GraphBuilder,
  inferShapes,
  opsetOf,
  tensorTypeOf,
} from "../../packages/onnx/dist/graph.js";
import {
  encodeModel,
  insertDropConnect,
  insertDropout,
  inspectDropout,
  maskFeeds,
  replaceDropout,
  stripDropout,
  upgradeOpset,
} from "../../packages/onnx/dist/index.js";
import { readModel } from "../../packages/onnx/dist/node.js";
import { sgd, Trainer } from "../../packages/onnx-training/dist/index.js";
import { candidateSizes, madeUpFeeds } from "./madeUpFeeds.js";
import { sessionOptions } from "./runtime.js";

/** @typedef {import("./runtime.js").Ort} Ort */
/** @typedef {import("./madeUpFeeds.js").Feeds} Feeds */
/** @typedef {import("./madeUpFeeds.js").Sizes} Sizes */
/** @typedef {import("../../packages/onnx/dist/index.js").OnnxModel} OnnxModel */
/** @typedef {{ kind: "ok" | "nothing" | "refused" | "failed", message?: string }} Outcome */

/** Places that get dropout at once: enough for all kinds of operators, few enough for large models. */
const MOST_PLACES = 12;
/** The runtime optimises a changed graph in another way, and float32 sums then round in another order. */
const RELATIVE_ERROR = 1e-3;

/** A model that is tried, with inputs that the runtime takes and what it makes of them. */
export class Trial {
  /**
   * @param {Ort} ort
   * @param {string} path
   * @param {OnnxModel} model
   */
  constructor(ort, path, model) {
    this.ort = ort;
    this.path = path;
    this.model = model;
    /** @type {{ sizes: Sizes, feeds: Feeds, outputs: Feeds } | undefined} */
    this.run = undefined;
  }

  /**
   * @param {Ort} ort
   * @param {string} path
   */
  static async open(ort, path) {
    const trial = new Trial(ort, path, await readModel(path));
    for (const sizes of candidateSizes(trial.model)) {
      const feeds = madeUpFeeds(ort, trial.model, sizes);
      if (feeds === undefined) break;
      try {
        trial.run = { sizes, feeds, outputs: await trial.outputs(trial.model, feeds) };
        break;
      } catch {
        // Another size may do.
      }
    }
    return trial;
  }

  /**
   * What the runtime makes of a model.
   * @param {OnnxModel} model
   * @param {Feeds} feeds
   * @returns {Promise<Feeds>}
   */
  async outputs(model, feeds) {
    const session = await this.ort.InferenceSession.create(encodeModel(model), sessionOptions);
    try {
      return { ...(await session.run(feeds)) };
    } finally {
      await session.release();
    }
  }

  /**
   * Runs a noisy model on the trial's inputs and drawn noise.
   * @param {OnnxModel} model
   */
  async noisyOutputs(model) {
    if (this.run === undefined) return undefined;
    const { sizes: dims, feeds } = this.run;
    /** @type {Feeds} */
    const noise = {};
    for (const [name, feed] of Object.entries(maskFeeds(model, { seed: 1, step: 0, dims }))) {
      noise[name] = new this.ort.Tensor(feed.type, feed.data, feed.dims);
    }
    return this.outputs(model, { ...feeds, ...noise });
  }
}

/** @type {Record<string, (trial: Trial) => Promise<Outcome>>} */
export const verbs = {
  /** The runtime's own word on the file: what it cannot run is judged by our own errors alone. */
  async run({ run }) {
    return run ? ok : { kind: "nothing", message: "does not run on made-up inputs" };
  },

  async inspect({ model }) {
    inspectDropout(model);
    inferShapes(model);
    return ok;
  },

  async insert(trial) {
    return tryInsert(trial, trial.model, "feeds");
  },

  async graph(trial) {
    const { model } = trial;
    return tryInsert(trial, opsetOf(model) < 18 ? upgradeOpset(model, 18) : model, "graph");
  },

  async strip(trial) {
    const clean = stripDropout(trial.model);
    if (trial.run === undefined) return ok;
    const first = await trial.outputs(clean, trial.run.feeds);
    const second = await trial.outputs(clean, trial.run.feeds);
    return compare(first, second, "two runs without dropout", 0);
  },

  async replace(trial) {
    if (inspectDropout(trial.model).sites.length === 0) return nothing("no dropout");
    const noisy = replaceDropout(trial.model);
    const first = await trial.noisyOutputs(noisy);
    const second = await trial.noisyOutputs(noisy);
    return compare(first, second, "two runs on the same masks", 0);
  },

  async dropconnect(trial) {
    const { model } = trial;
    const types = ["MatMul", "Gemm", "Conv", "ConvTranspose", "LSTM", "GRU", "RNN", "Gather"];
    const opType = types.filter((type) => model.graph.node.some((node) => node.opType === type));
    if (opType.length === 0) return nothing("no layer with weights");
    const options = /** @type {const} */ ({ per: "batch", nodes: { opType } });
    const still = await trial.noisyOutputs(insertDropConnect(model, { ...options, rate: 0 }));
    await trial.noisyOutputs(insertDropConnect(model, { ...options, rate: 0.1 }));
    return compare(trial.run?.outputs, still, "rate 0");
  },

  async upgrade(trial) {
    const { model, run } = trial;
    if (opsetOf(model) >= 20) return nothing("opset 20 or later");
    // From 21 on, optimisers of onnxruntime 1.30 break quantised models.
    const later = upgradeOpset(model, 20);
    return compare(run?.outputs, run && (await trial.outputs(later, run.feeds)), "opset 20");
  },

  async train({ ort, model, run }) {
    const result = lossOfOutputs(model);
    if (result === undefined) return nothing("no output of float32");
    const { graph } = result.model;
    const optimizer = sgd({ learningRate: 1e-6 });
    const trainer = await Trainer.create(ort, result.model, {
      loss: result.loss,
      optimizer,
      session: sessionOptions,
    });
    try {
      if (run === undefined) return ok;
      for (let step = 0; step < 5; step++) await trainer.step(run.feeds);
      return trainer.steps === 5 ? ok : { kind: "failed", message: `${graph.name}: lost steps` };
    } finally {
      await trainer.dispose();
    }
  },
};

export const verbNames = Object.keys(verbs);

/** @type {Outcome} */
const ok = { kind: "ok" };

/**
 * @param {string} message
 * @returns {Outcome}
 */
const nothing = (message) => ({ kind: "nothing", message });

/**
 * Dropout after some of a model's places: at rate 0 it computes what it did, and stripped it is the file from before.
 * @param {Trial} trial
 * @param {OnnxModel} model
 * @param {"feeds" | "graph"} noise
 * @returns {Promise<Outcome>}
 */
async function tryInsert(trial, model, noise) {
  const { places } = inspectDropout(model);
  if (places.length === 0) return nothing("no place for dropout");
  const every = Math.ceil(places.length / MOST_PLACES);
  const tensor = [...new Set(places.map((place) => place.tensor))].filter(
    (_, i) => i % every === 0,
  );
  const at = (/** @type {number} */ rate) =>
    insertDropout(model, { variant: dropout({ rate }), after: { tensor }, noise });
  const noisy = at(0.1);
  if (!equalBytes(encodeModel(model), encodeModel(stripOwn(noisy, model)))) {
    return { kind: "failed", message: "stripped, it is another model than before" };
  }
  await trial.noisyOutputs(noisy);
  return compare(trial.run?.outputs, await trial.noisyOutputs(at(0)), "rate 0");
}

/**
 * Takes out what was inserted; where the file has dropout of its own, which goes too, both lose it.
 * @param {OnnxModel} noisy
 * @param {OnnxModel} model
 */
function stripOwn(noisy, model) {
  return inspectDropout(model).sites.length === 0 ? stripDropout(noisy) : model;
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
const equalBytes = (a, b) => Buffer.compare(a, b) === 0;

/**
 * A model with the mean of the squares of its float outputs as a scalar that it computes.
 * @param {OnnxModel} model
 */
function lossOfOutputs(model) {
  const infos = inferShapes(model);
  const output = model.graph.output.find(({ name }) => {
    const info = infos.get(name);
    return info !== undefined && tensorTypeOf(info.dataType) === "float32";
  });
  if (output === undefined) return undefined;
  const builder = new GraphBuilder("loss", model.graph);
  const squares = builder.op("Mul", [output.name, output.name]);
  const loss = builder.op("ReduceMean", [squares], { attributes: { keepdims: 0 } });
  const node = [...model.graph.node, ...builder.nodes];
  return { model: { ...model, graph: { ...model.graph, node } }, loss };
}

/**
 * Whether the runtime's floats are the same, to what another order of sums leaves.
 * @param {Feeds | undefined} expected
 * @param {Feeds | undefined} actual
 * @param {string} what
 * @param {number} [tolerance] Relative to the largest entry.
 * @returns {Outcome}
 */
function compare(expected, actual, what, tolerance = RELATIVE_ERROR) {
  if (expected === undefined || actual === undefined) return ok;
  for (const name of Object.keys(expected)) {
    const [a, b] = [expected[name], actual[name]];
    if (!(a.data instanceof Float32Array)) continue;
    if (`${a.dims}` !== `${b.dims}`) {
      return { kind: "failed", message: `${what}: ${name} is [${b.dims}], and was [${a.dims}]` };
    }
    const error = largest(a.data, (value, i) => value - Number(b.data[i]));
    if (!(error <= tolerance * largest(a.data, (value) => value))) {
      return { kind: "failed", message: `${what}: ${name} differs by ${error}` };
    }
  }
  return ok;
}

/**
 * The largest size of a number; places that are not finite in what was expected count as equal.
 * @param {Float32Array} values
 * @param {(value: number, i: number) => number} of
 */
function largest(values, of) {
  let most = 0;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) most = Math.max(most, Math.abs(of(value, i)));
  });
  return most;
}
