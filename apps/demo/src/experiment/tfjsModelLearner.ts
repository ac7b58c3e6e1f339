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
        return { logits, loss: crossEntropyOf(logits, batch) };
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

/** The score is of the cross-entropy alone, without the penalties of layers that learn their rates. */
function trainOn({ model, optimizer, batch }: Training): Scored {
  let scored: Scored | undefined;
  optimizer.minimize(() => {
    const logits = logitsOf(model, batch, { training: true });
    const loss = crossEntropyOf(logits, batch);
    scored = { logits: tf.keep(logits), loss: tf.keep(loss.clone()) };
    return model.calculateLosses().reduce((sum, penalty) => sum.add(penalty), loss);
  });
  if (scored === undefined) throw new Error("demo: a step must give logits and a loss, got none");
  return scored;
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

function crossEntropyOf(logits: tf.Tensor, { labels }: Batch): tf.Scalar {
  const onehot = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  return tf.losses.softmaxCrossEntropy(onehot, logits).asScalar();
}
