import type { Tensor } from "../evaluate/tensor.js";
import type { NoiseKey } from "../key/noiseKey.js";
import type { Shape } from "../seam/seam.js";

/** One application of a variant to values of a shape. */
export interface ApplyOptions extends NoiseKey {
  /** Shape of the values, row-major. */
  readonly shape: Shape;
  /** Draws noise if true; computes the variant's inference if false. */
  readonly training: boolean;
  /** Replaces the variant's drop probability, as a schedule does; in [0, 1]. */
  readonly rate?: number;
  /** Values of the variant's learned parameters, by name; default: their start values. */
  readonly learned?: Readonly<Record<string, Tensor | number>>;
}
