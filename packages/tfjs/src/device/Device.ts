import type { FieldPlan } from "@dropoutkit/core/adapter";
import type * as tf from "@tensorflow/tfjs";

/** `kept ? scale · x + shift : dropped` over a planned Bernoulli field that broadcasts to x and does not grow. */
export interface SelectTask {
  readonly plan: FieldPlan;
  /** A float32, as `shift` and `dropped` are: the product is rounded, then the sum. */
  readonly scale: number;
  /** -0 where nothing is added: adding 0 would make 0 of a surviving -0. */
  readonly shift: number;
  readonly dropped: number;
}

/** What a backend of tfjs does with noise, where its tensors are. Every device draws the same bits. */
export interface Device {
  /** Whether the host reads values at once (`dataSync`), so that core's kernels may compute with them. */
  readonly readsAtOnce: boolean;
  /** The field, grown where it grows, of `plan.shape`: bool of Bernoulli draws, float32 of uniforms and normals. */
  draw(plan: FieldPlan): tf.Tensor;
  /** Selects in one pass; of x's shape. Gradients are the caller's. */
  select(x: tf.Tensor, task: SelectTask): tf.Tensor;
}
