/** How far a training is. */
export interface Progress {
  /** Batches whose masks were drawn. */
  readonly steps: number;
  /** Times that the parameters moved. */
  readonly updates: number;
  /** Batches whose gradients wait for the next update. */
  readonly accumulated: number;
}
