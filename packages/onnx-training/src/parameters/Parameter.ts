/** A weight that is trained. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: Float32Array;
}
