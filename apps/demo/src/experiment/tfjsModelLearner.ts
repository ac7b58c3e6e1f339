import * as tf from "@tensorflow/tfjs";
import { type Batch, countCorrect, type Learner, type Score } from "./Learner.js";
import { EPSILON } from "./network.js";

/** Trains a tfjs model that takes `[batch, 784]` and gives logits `[batch, 10]`, on the backend that runs. */
export function tfjsModelLearner(model: tf.Sequential): Learner {
  const optimizer = tf.train.adam(0, 0.9, 0.999, EPSILON);
  return {
    step: (batch, { learningRate }) => {
      Object.assign(optimizer, { learningRate });
      return scoreOf(batch, () => trainOn({ model, optimizer, batch }));
    },
    evaluate: (batch) =>
      scoreOf(batch, () => {
        const logits = logitsOf(model, batch, { training: false });
        return { logits, loss: lossOf(logits, batch) };
      }),
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
    logits = tf.keep(logitsOf(model, batch, { training: true }));
    return lossOf(logits, batch);
  }, true);
  if (logits === undefined || loss === null) {
    throw new Error("demo: a step must give logits and a loss, got none");
  }
  return { logits, loss };
}

/** What the model makes of images; `step` draws the noise of that step. */
export function logitsOf(
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
