import { dropout } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { holdKernels } from "./holdKernels.js";
import {
  type Batch,
  countCorrect,
  type Learner,
  type LearnerOptions,
  type Score,
} from "./Learner.js";
import { EPSILON, initialNetwork } from "./network.js";
import { variantOf } from "./noise.js";
import { readTfjsState, restoreTfjsState, writeTfjsState } from "./tfjsState.js";
import { transposeBeforeMatMul } from "./transposeBeforeMatMul.js";

/** The article's network as a tfjs model on the wasm backend. */
export async function tfjsLearner(options: LearnerOptions): Promise<Learner> {
  await tf.setBackend("wasm");
  transposeBeforeMatMul();
  const state = options.saved && readTfjsState(options.saved);
  const model = tf.sequential({ layers: layersOf(options, state?.step ?? 0) });
  const optimizer = tf.train.adam(0, 0.9, 0.999, EPSILON);
  if (state) await restoreTfjsState(state, { model, optimizer });
  let step = state?.step ?? 0;
  return {
    step: async (batch, { learningRate }) => {
      Object.assign(optimizer, { learningRate });
      const score = trainOn(model, optimizer, batch);
      if (options.maxNorm !== undefined) holdKernels(model, options.maxNorm);
      step += 1;
      return score;
    },
    evaluate: async (batch) =>
      scoped(() => {
        const logits = logitsOf(model, batch, false);
        return scoreOf(batch, { logits, loss: lossOf(logits, batch) });
      }),
    save: () => writeTfjsState({ model, optimizer, step }),
    dispose: async () => {
      model.dispose();
      optimizer.dispose();
    },
  };
}

function layersOf({ network, noise, seed }: LearnerOptions, step: number): tf.layers.Layer[] {
  const dense = initialNetwork(seed, network);
  const hidden = dense.flatMap(({ inputs, units, kernel, bias, dropout: site }, layer) => {
    const name = `dense${layer + 1}`;
    const isNoisy = site !== undefined && noise !== undefined;
    const dense = tf.layers.dense({
      name: isNoisy ? `${name}/weights` : name,
      units,
      activation: site === undefined ? "linear" : network.activation,
      inputShape: [inputs],
      weights: [tf.tensor2d(kernel, [inputs, units]), tf.tensor1d(bias)],
    });
    if (!isNoisy) return [dense];
    const rate = noise.rates[layer];
    return variantOf(noise.variant).layers({ dense, inputs, name, site, rate, seed, step });
  });
  if (noise === undefined || noise.inputRate === 0) return hidden;
  const inputShape = [dense[0].inputs];
  return [dropout({ name: "input", rate: noise.inputRate, seed, step, inputShape }), ...hidden];
}

/** Runs `score`, and frees every tensor that it leaves. */
function scoped(score: () => Score): Score {
  tf.engine().startScope();
  try {
    return score();
  } finally {
    tf.engine().endScope();
  }
}

function trainOn(model: tf.Sequential, optimizer: tf.Optimizer, batch: Batch): Score {
  return scoped(() => {
    let logits: tf.Tensor | undefined;
    const loss = optimizer.minimize(() => {
      logits = tf.keep(logitsOf(model, batch, true));
      return lossOf(logits, batch);
    }, true);
    if (logits === undefined || loss === null) {
      throw new Error("tfjsLearner: a step must give logits and a loss, got none");
    }
    const score = scoreOf(batch, { logits, loss });
    logits.dispose();
    return score;
  });
}

function logitsOf(model: tf.Sequential, { images, size }: Batch, training: boolean): tf.Tensor {
  const x = tf.tensor2d(images, [size, images.length / size]);
  const logits = model.apply(x, { training });
  if (!(logits instanceof tf.Tensor))
    throw new TypeError("tfjsLearner: model must give one tensor");
  return logits;
}

function lossOf(logits: tf.Tensor, { labels }: Batch): tf.Scalar {
  const onehot = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  return tf.losses.softmaxCrossEntropy(onehot, logits).asScalar();
}

const scoreOf = (
  batch: Batch,
  { logits, loss }: { readonly logits: tf.Tensor; readonly loss: tf.Scalar },
): Score => ({ loss: loss.dataSync()[0], correct: countCorrect(logits.dataSync(), batch) });
