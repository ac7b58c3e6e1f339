import type { Arm } from "./networks/Noise.js";

/** Examples of a step: `images` `[size, 784]`, normalised; `labels` `[size]`, 0 to 9. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly size: number;
}

/** The mean loss over a batch, and the number of its examples that were classified right. */
export interface Score {
  readonly loss: number;
  readonly correct: number;
}

/** A network in one framework, as the experiment drives it. */
export interface Learner {
  /** Moves the weights by one batch; the score is from before the move, with noise on. */
  step(batch: Batch, options: StepOptions): Promise<Score>;
  /** Scores a batch with noise off. */
  evaluate(batch: Batch): Promise<Score>;
  /** All that its framework needs to go on to the bit. */
  checkpoint(): Promise<Uint8Array>;
  /** Frees what the network holds. */
  dispose(): Promise<void>;
}

export interface StepOptions {
  /** Of Adam, > 0. */
  readonly learningRate: number;
}

/** What every framework builds the same network of. */
export interface LearnerOptions extends Arm {
  /** The most that the weights into a hidden unit may be long; no bound if undefined. */
  readonly maxNorm: number | undefined;
  /** Of the weights, the noise and the order of examples. */
  readonly seed: number;
  /** Of the training set. */
  readonly examples: number;
  /** What `checkpoint` returned: the network then goes on from there. */
  readonly saved: Uint8Array | undefined;
}

/** Counts the examples whose largest logit is their label's. */
export function countCorrect(
  logits: ArrayLike<number>,
  { labels, size }: Pick<Batch, "labels" | "size">,
): number {
  const classes = logits.length / size;
  let correct = 0;
  for (let row = 0; row < size; row++) {
    let best = 0;
    for (let i = 1; i < classes; i++) {
      if (logits[row * classes + i] > logits[row * classes + best]) best = i;
    }
    if (best === labels[row]) correct += 1;
  }
  return correct;
}
