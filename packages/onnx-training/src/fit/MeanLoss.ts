import type { Feeds } from "../runtime/runtime.js";

/** The mean of batches' losses, each with the weight of its examples: the first axis of its first tensor. */
export class MeanLoss {
  #sum = 0;
  #examples = 0;

  add(loss: number, batch: Feeds): void {
    const [first] = Object.values(batch);
    const examples = first?.dims[0] ?? 1;
    this.#sum += examples * loss;
    this.#examples += examples;
  }

  get value(): number {
    return this.#sum / this.#examples;
  }
}
