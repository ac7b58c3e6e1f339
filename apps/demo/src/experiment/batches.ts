import { derive } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";
import { type DigitSet, type Digits, PIXELS } from "../data/digits.js";
import type { Batch } from "./Learner.js";

/** How an image's pixels become inputs: `(pixel / 255 - mean) / deviation`. */
type Normalisation = Pick<Digits, "mean" | "deviation">;

export interface BatchOptions {
  readonly set: DigitSet;
  readonly normalisation: Normalisation;
  /** Examples of a batch; the last one of an epoch has what is left. */
  readonly size: number;
}

/** The batches of one epoch in an order that is a pure function of seed and epoch. */
export function shuffledBatches(
  options: BatchOptions,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Generator<Batch> {
  return batchesOf(options, shuffle(options.set.count, { seed, epoch }));
}

/** The batches of a set in its own order, for evaluation. */
export function orderedBatches(options: BatchOptions): Generator<Batch> {
  return batchesOf(
    options,
    Uint32Array.from({ length: options.set.count }, (_, i) => i),
  );
}

function* batchesOf(
  { set, normalisation, size }: BatchOptions,
  order: Uint32Array,
): Generator<Batch> {
  const inputs = inputTable(normalisation);
  for (let start = 0; start < order.length; start += size) {
    const chosen = order.subarray(start, start + size);
    const images = new Float32Array(chosen.length * PIXELS);
    for (let row = 0; row < chosen.length; row++) {
      const from = chosen[row] * PIXELS;
      const to = row * PIXELS;
      for (let i = 0; i < PIXELS; i++) images[to + i] = inputs[set.images[from + i]];
    }
    const labels = Uint8Array.from(chosen, (index) => set.labels[index]);
    yield { images, labels, size: chosen.length };
  }
}

/** The input of each of the 256 values of a pixel. */
const inputTable = ({ mean, deviation }: Normalisation): Float32Array =>
  Float32Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean) / deviation);

/** @see Durstenfeld 1964, "Algorithm 235: Random permutation", Communications of the ACM 7(7). */
function shuffle(
  count: number,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const stream = derive(seed, "order");
  const draws = drawUniform({ seed: stream, site: "order", step: epoch, shape: [count] });
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(draws[i] * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}
