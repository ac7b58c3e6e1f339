import {
  bindRate,
  type Expr,
  evaluate,
  type FieldPlan,
  type Leaf,
  numericSelect,
  type Part,
  partSite,
  planField,
  rateScalars,
  reads,
  type Shape,
  sizeOf,
} from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { currentDevice } from "../device/currentDevice.js";
import type { SelectTask } from "../device/Device.js";
import type { LayerKey } from "./NoiseSource.js";
import { selectNoise } from "./selectNoise.js";
import { type AlgebraOptions, tensorAlgebra } from "./tensorAlgebra.js";
import type { Value } from "./Value.js";

/** One application of a part. */
export interface PartCall extends Pick<AlgebraOptions, "linear"> {
  /** The value at the part's place. */
  readonly x: tf.Tensor;
  /** Whatever else the part's formulas read. */
  readonly leaves?: { readonly [L in Leaf]?: Value | undefined };
  readonly training: boolean;
  /** Key of the layer's noise; the part's own site is derived from it. */
  readonly key: LayerKey;
  /** Shape that the field is drawn for. Default: x's. */
  readonly target?: Shape;
  /** Examples in the batch, for a field per example. */
  readonly batch?: number;
  /** Iteration of a recurrent layer, for a field per timestep. */
  readonly timestep?: number;
}

/** What the value at a part's place becomes; of x's shape, where the field does not enlarge it. */
export function applyPart(part: Part, call: PartCall): tf.Tensor {
  const { x, leaves, linear } = call;
  const formula = call.training ? part.train : part.infer;
  if (formula === "x") return x;
  const plan = reads(formula, "field") ? planPart(part, call) : undefined;
  const expr = bound(formula, part, plan);
  const task = plan && selectTask(expr, plan, x.shape);
  if (task) return selectNoise(x, task);
  const field = plan && currentDevice().draw(plan);
  const gain = field && plan.grow && grownGain(field);
  const values = { features: x.shape.at(-1), ...leaves, x, field, gain };
  const y = evaluate(expr, tensorAlgebra({ leaves: values, ...(linear && { linear }) }));
  return typeof y === "number" ? tf.fill(x.shape, y) : y;
}

function planPart(part: Part, { key, x, target = x.shape, batch, timestep }: PartCall): FieldPlan {
  return planField(part.field, {
    ...key,
    site: partSite(key.site, part),
    target,
    ...(batch !== undefined && { batch }),
    // Without `perTimestep`, a sequence has one field.
    ...(part.field.perTimestep && timestep !== undefined && { timestep }),
  });
}

/** The formula with numbers for the scalars of its rate, but the gain of a field that grows. */
function bound(formula: Expr, { field: { rate } }: Part, plan: FieldPlan | undefined): Expr {
  if (rate === undefined) return formula;
  const scalars = rateScalars(rate);
  return bindRate(formula, { ...scalars, gain: plan?.grow ? undefined : scalars.gain });
}

/** The form that devices compute in one pass; undefined for another form, or a field that is larger than x. */
function selectTask(expr: Expr, plan: FieldPlan, shape: Shape): SelectTask | undefined {
  const select = numericSelect(expr);
  const isInside =
    plan.shape.length === shape.length &&
    plan.shape.every((size, axis) => size === 1 || size === shape[axis]);
  return select && isInside && !plan.grow ? { plan, ...select } : undefined;
}

/** Entries / kept entries, 0 where nothing is kept. */
function grownGain(field: tf.Tensor): tf.Tensor {
  const kept = tf.cast(tf.sum(field), "float32");
  return tf.divNoNan(sizeOf(field.shape), kept);
}
