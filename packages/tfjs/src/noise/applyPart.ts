import {
  bindRate,
  drawField,
  evaluate,
  type Leaf,
  type NoiseKey,
  type Part,
  partSite,
  rateScalars,
  reads,
  type Shape,
} from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { fieldTensor } from "../fieldTensor.js";
import { type AlgebraOptions, tensorAlgebra, type Value } from "../tensorAlgebra.js";

/** One application of a part. */
export interface PartCall extends Pick<AlgebraOptions, "linear"> {
  /** The value at the part's place. */
  readonly x: tf.Tensor;
  /** Whatever else the part's formulas read. */
  readonly leaves?: { readonly [L in Leaf]?: Value | undefined };
  readonly training: boolean;
  /** Key of the layer's noise; the part's own site is derived from it. */
  readonly key: NoiseKey;
  /** Shape that the field is drawn for. Default: x's. */
  readonly target?: Shape;
  /** Examples in the batch, for a field per example. */
  readonly batch?: number;
  /** Iteration of a recurrent layer, for a field per timestep. */
  readonly timestep?: number;
}

/** What the value at a part's place becomes; of x's shape, where the field does not enlarge it. */
export function applyPart(part: Part, call: PartCall): tf.Tensor {
  const { x, training, key, target = x.shape, batch, timestep, linear } = call;
  const formula = training ? part.train : part.infer;
  if (formula === "x") return x;
  const field = reads(formula, "field")
    ? drawField(part.field, {
        ...key,
        site: partSite(key.site, part),
        target,
        ...(batch !== undefined && { batch }),
        // Without `perTimestep`, a sequence has one field.
        ...(part.field.perTimestep && timestep !== undefined && { timestep }),
      })
    : undefined;
  const { rate } = part.field;
  const scalars = rate === undefined ? undefined : rateScalars(rate);
  const expr = scalars
    ? bindRate(formula, { ...scalars, gain: field?.gain ?? scalars.gain })
    : formula;
  const leaves = {
    features: x.shape.at(-1),
    ...call.leaves,
    x,
    field: field && fieldTensor(field),
  };
  const y = evaluate(expr, tensorAlgebra({ leaves, ...(linear && { linear }) }));
  return typeof y === "number" ? tf.fill(x.shape, y) : y;
}
