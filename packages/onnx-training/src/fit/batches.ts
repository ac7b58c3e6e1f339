import type { Feeds } from "../runtime/runtime.js";

/** Some batches, at once or as they come. */
type BatchIterable = Iterable<Feeds> | AsyncIterable<Feeds>;

/** The batches of each epoch. */
export type Batches = BatchIterable | ((epoch: number) => BatchIterable);

/** @throws {Error} If an epoch has none, as a generator's second. */
export async function* batchesOf(
  option: string,
  batches: Batches,
  epoch: number,
): AsyncGenerator<Feeds> {
  let isEmpty = true;
  for await (const batch of typeof batches === "function" ? batches(epoch) : batches) {
    isEmpty = false;
    yield batch;
  }
  if (isEmpty) {
    throw new Error(
      `Trainer.fit: ${option} must give batches in each epoch, got none in epoch ${epoch}; a generator is a function here`,
    );
  }
}
