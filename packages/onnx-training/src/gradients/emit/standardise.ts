import { reduce } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";
import { arithmetic } from "./arithmetic.js";

export interface StandardiseOptions {
  readonly tensor: string;
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** A tensor of the forward graph that has the element type. */
  readonly like: string;
}

/** A tensor less its mean, over its deviation. */
export interface Standardised {
  readonly normal: string;
  /** 1 over the deviation, the axes with size 1. */
  readonly inverse: string;
}

/** `(x - mean) / sqrt(variance + epsilon)` along axes. */
export function standardise(
  context: EmitContext,
  { tensor, axes, epsilon, like }: StandardiseOptions,
): Standardised {
  const { sub, mul, div, add, map } = arithmetic(context, like);
  const mean = (of: string): string => reduce(context, "ReduceMean", { tensor: of, axes });
  const centred = sub(tensor, mean(tensor));
  const inverse = div(1, map("Sqrt", add(mean(mul(centred, centred)), epsilon)));
  return { normal: mul(centred, inverse), inverse };
}

export interface StandardisedOptions extends Standardised {
  /** The gradient with respect to `normal`. */
  readonly gradient: string;
  readonly axes: readonly number[];
  readonly like: string;
  /** Whether the mean was taken away, and not only divided by the root of the mean square. Default: true. */
  readonly centred?: boolean;
}

/** The gradient with respect to a tensor that was standardised: `inverse · (g - mean(g) - normal · mean(g · normal))`. */
export function standardisedGradient(
  context: EmitContext,
  { gradient, normal, inverse, axes, like, centred = true }: StandardisedOptions,
): string {
  const { sub, mul } = arithmetic(context, like);
  const mean = (of: string): string => reduce(context, "ReduceMean", { tensor: of, axes });
  const along = mul(normal, mean(mul(gradient, normal)));
  const across = centred ? sub(gradient, mean(gradient)) : gradient;
  return mul(inverse, sub(across, along));
}
