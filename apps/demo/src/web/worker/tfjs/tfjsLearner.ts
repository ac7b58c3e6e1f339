import * as tf from "@tensorflow/tfjs";
import { type Batch, countCorrect, type Score } from "../../../experiment/Learner.js";
import { EPSILON } from "../../../experiment/network.js";
import type { LayerPlan } from "../../network/LayerPlan.js";
import type { PageLearner } from "../PageLearner.js";
import { layersOf } from "./layersOf.js";
import { saveModel } from "./saveModel.js";

export interface TfjsLearnerOptions {
  readonly plan: readonly LayerPlan[];
  readonly seed: number;
  readonly learningRate: number;
}

/** A planned network as a tfjs model, on the backend that runs. */
export function tfjsLearner({ plan, seed, learningRate }: TfjsLearnerOptions): PageLearner {
  const model = tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [784] }), ...layersOf(plan, seed)],
  });
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, EPSILON);
  return {
    step: (batch) => scoreOf(batch, () => trainOn({ model, optimizer, batch })),
    evaluate: (batch) =>
      scoreOf(batch, () => {
        const logits = applyTo(model, batch, { training: false });
        return { logits, loss: lossOf(logits, batch) };
      }),
    predict: async (image, step) => {
      const logits = tf.tidy(() => {
        const kwargs = step === undefined ? { training: false } : { training: true, step };
        return applyTo(model, { images: image, size: 1 }, kwargs);
      });
      const values = Float32Array.from(await logits.data());
      logits.dispose();
      return values;
    },
    save: () => saveModel(model),
    dispose: async () => {
      model.dispose();
      optimizer.dispose();
    },
  };
}

interface Scored {
  readonly logits: tf.Tensor;
  readonly loss: tf.Tensor;
}

/** Reads a score from the device, and frees its tensors. */
async function scoreOf(batch: Batch, compute: () => Scored): Promise<Score> {
  const { logits, loss } = scoped(compute);
  const [logitValues, [lossValue]] = await Promise.all([logits.data(), loss.data()]);
  logits.dispose();
  loss.dispose();
  return { loss: lossValue, correct: countCorrect(logitValues, batch) };
}

/** Frees all that is made but the score, and the optimizer's state, which tfjs keeps. */
function scoped(compute: () => Scored): Scored {
  tf.engine().startScope();
  try {
    const { logits, loss } = compute();
    return { logits: tf.keep(logits), loss: tf.keep(loss) };
  } finally {
    tf.engine().endScope();
  }
}

interface Training {
  readonly model: tf.Sequential;
  readonly optimizer: tf.Optimizer;
  readonly batch: Batch;
}

function trainOn({ model, optimizer, batch }: Training): Scored {
  let logits: tf.Tensor | undefined;
  const loss = optimizer.minimize(() => {
    logits = tf.keep(applyTo(model, batch, { training: true }));
    return lossOf(logits, batch);
  }, true);
  if (logits === undefined || loss === null) {
    throw new Error("demo: a step must give logits and a loss, got none");
  }
  return { logits, loss };
}

function applyTo(
  model: tf.Sequential,
  { images, size }: Pick<Batch, "images" | "size">,
  kwargs: { readonly training: boolean; readonly step?: number },
): tf.Tensor {
  const logits = model.apply(tf.tensor2d(images, [size, images.length / size]), { ...kwargs });
  if (!(logits instanceof tf.Tensor)) throw new TypeError("demo: model must give one tensor");
  return logits;
}

function lossOf(logits: tf.Tensor, { labels }: Batch): tf.Scalar {
  const onehot = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  return tf.losses.softmaxCrossEntropy(onehot, logits).asScalar();
}
