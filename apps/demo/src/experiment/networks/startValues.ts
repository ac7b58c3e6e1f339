import { derive } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";

export interface StartOptions {
  /** Tells the layers of a network apart. */
  readonly index: number;
  /** Of the kernel; its last axis has a bias each. */
  readonly shape: readonly number[];
  /** Values are uniform within this of 0. */
  readonly bound: number;
}

/** The start values of a layer. */
export interface StartValues {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

export function startValues(seed: number, { index, shape, bound }: StartOptions): StartValues {
  const stream = derive(seed, "weights");
  const draw = (site: string, sizes: readonly number[]): Float32Array =>
    drawUniform({ seed: stream, site, step: 0, shape: sizes }).map((u) => (2 * u - 1) * bound);
  return {
    kernel: draw(`kernel${index}`, shape),
    bias: draw(`bias${index}`, shape.slice(-1)),
  };
}
