import * as tf from "@tensorflow/tfjs";
import { holdKernels } from "./holdKernels.js";
import {
  type Batch,
  countCorrect,
  type Learner,
  type LearnerOptions,
  type Score,
} from "./Learner.js";
import { EPSILON } from "./recipe.js";
import { restoreTfjsState, type TfjsState, writeTfjsState } from "./tfjsState.js";

export interface TfjsModelOptions extends Partial<Pick<LearnerOptions, "maxNorm">> {
  /** Where the training goes on. Default: at the beginning. */
  readonly state?: TfjsState | undefined;
}

/** Trains a tfjs model that takes `[batch, 784]` and gives logits `[batch, 10]`, on the backend that runs. */
export async function tfjsModelLearner(
  model: tf.Sequential,
  { maxNorm, state }: TfjsModelOptions = {},
): Promise<Learner> {
  const optimizer = tf.train.adam(0, 0.9, 0.999, EPSILON);
  let step = 0;
  if (state) {
    await restoreTfjsState(state, { model, optimizer });
    step = state.step;
  }
  return {
    step: (batch, { learningRate }) => {
      Object.assign(optimizer, { learningRate });
      step += 1;
      return scoreOf(batch, () => {
        const scored = trainOn({ model, optimizer, batch });
        if (maxNorm !== undefined) holdKernels(model, maxNorm);
        return scored;
      });
    },
    evaluate: (batch) =>
      scoreOf(batch, () => {
        const logits = logitsOf(model, batch, { training: false });
        return { logits, loss: lossOf(model, logits, batch) };
      }),
    checkpoint: () => writeTfjsState({ model, optimizer, step }),
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
    return lossOf(model, logits, batch);
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

/** Cross-entropy, and the penalties of layers that learn their rates. */
function lossOf(model: tf.Sequential, logits: tf.Tensor, { labels }: Batch): tf.Scalar {
  const onehot = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  const loss = tf.losses.softmaxCrossEntropy(onehot, logits).asScalar();
  return model.calculateLosses().reduce((sum, penalty) => tf.add(sum, penalty), loss);
}
