export interface MakeOptions {
  /** Of the masks: an integer in [0, 2^32). */
  readonly seed: number;
  /** A learner's checkpoint, from which it goes on. Default: from the start. */
  readonly saved?: Uint8Array | undefined;
}
