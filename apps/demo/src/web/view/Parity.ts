import type { Pair } from "../messages.js";
import { element } from "./element.js";

/** Says how near two frameworks' losses are, which train the same network. */
export class Parity {
  readonly #host: HTMLParagraphElement = element("parity", HTMLParagraphElement);
  #largest = 0;

  add({ first, second }: Pair<number>): void {
    this.#largest = Math.max(this.#largest, Math.abs(first - second) / Math.abs(second));
    this.#host.textContent =
      `Losses of the last step: ${first.toFixed(6)} and ${second.toFixed(6)}. ` +
      `So far they were apart by at most ${this.#largest.toExponential(1)} of the loss: same batches, same masks.`;
  }

  clear(): void {
    this.#largest = 0;
    this.#host.textContent = "";
  }
}
