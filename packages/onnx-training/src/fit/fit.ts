import type { RunResult } from "../runtime/Runner.js";
import type { Feeds } from "../runtime/runtime.js";
import { BestState, type Snapshots } from "./BestState.js";
import { type Batches, batchesOf } from "./batches.js";
import { MeanLoss } from "./MeanLoss.js";

/** What a step of `fit` tells. */
export interface BatchReport {
  /** Counts from 0. */
  readonly epoch: number;
  /** In the epoch; counts from 0. */
  readonly batch: number;
  readonly loss: number;
}

/** What an epoch of `fit` tells. */
export interface EpochReport {
  /** Counts from 0. */
  readonly epoch: number;
  /** Mean over the examples, with dropout on. */
  readonly loss: number;
  /** Mean over the examples of `validation`, with dropout off; undefined without them. */
  readonly validationLoss: number | undefined;
}

/** When to stop before the last epoch. */
export interface EarlyStopping {
  /** Epochs without a lower loss after which training stops, an integer >= 1. */
  readonly patience: number;
  /** How much lower a loss must be to count; >= 0. Default: 0. */
  readonly minDelta?: number;
}

/** What is used of an `AbortSignal`. */
export interface AbortSignalLike {
  throwIfAborted(): void;
}

export interface FitOptions {
  /** The batches of an epoch: a list or another iterable that can start anew, or a function that returns one for each epoch. */
  readonly data: Batches;
  /** Passes over the data, an integer >= 1. Default: 1. */
  readonly epochs?: number;
  /** Batches whose loss is told after each epoch, and watched by `earlyStopping`. */
  readonly validation?: Batches;
  /** Stops when the validation loss, without `validation` the loss, no longer falls; the state at the end is the best epoch's. */
  readonly earlyStopping?: EarlyStopping;
  /** Called after each step; training waits for it. */
  readonly onBatch?: (report: BatchReport) => void | Promise<void>;
  /** Called after each epoch; training waits for it. */
  readonly onEpoch?: (report: EpochReport) => void | Promise<void>;
  /** Ends training between two steps. */
  readonly signal?: AbortSignalLike;
}

export interface FitResult {
  readonly epochs: readonly EpochReport[];
  /** Whether `earlyStopping` ended it. */
  readonly stoppedEarly: boolean;
}

/** What `fit` needs of a Trainer. */
export interface Fitted {
  step(batch: Feeds): Promise<RunResult>;
  evaluate(batch: Feeds): Promise<RunResult>;
  readonly state: Snapshots;
}

/** Trains over epochs of batches. */
export async function fit(trainer: Fitted, options: FitOptions): Promise<FitResult> {
  const { epochs = 1, earlyStopping, onEpoch } = options;
  checkCount("epochs", epochs);
  if (earlyStopping !== undefined) checkEarlyStopping(earlyStopping);
  const best = new BestState(trainer.state);
  const reports: EpochReport[] = [];
  let stoppedEarly = false;
  try {
    for (let epoch = 0; epoch < epochs && !stoppedEarly; epoch++) {
      const report = await runEpoch(trainer, epoch, options);
      reports.push(report);
      await onEpoch?.(report);
      if (earlyStopping === undefined) continue;
      best.see(report.validationLoss ?? report.loss, earlyStopping.minDelta);
      stoppedEarly = best.age >= earlyStopping.patience;
    }
    if (earlyStopping !== undefined) best.restore();
    return { epochs: reports, stoppedEarly };
  } finally {
    best.release();
  }
}

async function runEpoch(trainer: Fitted, epoch: number, options: FitOptions): Promise<EpochReport> {
  const { validation, signal } = options;
  const loss = await trainEpoch(trainer, epoch, options);
  const validationLoss =
    validation && (await meanLoss(trainer, { batches: validation, epoch, signal }));
  return { epoch, loss, validationLoss };
}

async function trainEpoch(
  trainer: Fitted,
  epoch: number,
  { data, onBatch, signal }: FitOptions,
): Promise<number> {
  const mean = new MeanLoss();
  let batch = 0;
  for await (const feeds of batchesOf("data", data, epoch)) {
    signal?.throwIfAborted();
    const { loss } = await trainer.step(feeds);
    mean.add(loss, feeds);
    await onBatch?.({ epoch, batch, loss });
    batch += 1;
  }
  signal?.throwIfAborted();
  return mean.value;
}

interface Evaluated {
  readonly batches: Batches;
  readonly epoch: number;
  readonly signal: AbortSignalLike | undefined;
}

async function meanLoss(trainer: Fitted, { batches, epoch, signal }: Evaluated): Promise<number> {
  const mean = new MeanLoss();
  for await (const feeds of batchesOf("validation", batches, epoch)) {
    signal?.throwIfAborted();
    mean.add((await trainer.evaluate(feeds)).loss, feeds);
  }
  return mean.value;
}

function checkEarlyStopping({ patience, minDelta = 0 }: EarlyStopping): void {
  checkCount("earlyStopping.patience", patience);
  if (!(minDelta >= 0 && minDelta < Infinity)) {
    throw new RangeError(
      `Trainer.fit: earlyStopping.minDelta must be a finite number >= 0, got ${minDelta}`,
    );
  }
}

function checkCount(name: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(`Trainer.fit: ${name} must be an integer >= 1, got ${value}`);
  }
}
