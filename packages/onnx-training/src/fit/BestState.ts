import type { Snapshot } from "../state/TrainingState.js";

/** A state that can be kept and come back to. */
export interface Snapshots {
  snapshot(): Snapshot;
  release(snapshot: Snapshot): void;
  restore(snapshot: Snapshot): void;
}

/** The state with the lowest loss so far. */
export class BestState {
  readonly #state: Snapshots;
  #kept: Snapshot | undefined;
  #loss = Infinity;
  #age = 0;

  constructor(state: Snapshots) {
    this.#state = state;
  }

  /** Losses that were seen since the lowest. */
  get age(): number {
    return this.#age;
  }

  /** Keeps the present state if its loss is lower than the lowest by more than `minDelta`. */
  see(loss: number, minDelta = 0): void {
    this.#age += 1;
    if (!(loss < this.#loss - minDelta)) return;
    this.release();
    this.#kept = this.#state.snapshot();
    this.#loss = loss;
    this.#age = 0;
  }

  restore(): void {
    if (this.#kept !== undefined) this.#state.restore(this.#kept);
  }

  release(): void {
    if (this.#kept !== undefined) this.#state.release(this.#kept);
    this.#kept = undefined;
  }
}
