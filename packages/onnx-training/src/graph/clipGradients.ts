import { checkPositive } from "@dropoutkit/core/adapter";
import { clip } from "@dropoutkit/onnx/graph";
import { addUp } from "../backward/addUp.js";
import type { EmitContext } from "../gradients/EmitContext.js";

/** How gradients are kept from growing; with both, entries are clipped first. */
export interface Clipping {
  /** The most that an entry may be, either way; > 0. */
  readonly value?: number;
  /** The longest that the gradient with respect to all parameters together may be; > 0. */
  readonly norm?: number;
}

/** @throws {RangeError} If a limit is not a finite number > 0. */
export function checkClipping({ value, norm }: Clipping): void {
  if (value !== undefined) checkPositive("Trainer", "clip.value", value);
  if (norm !== undefined) checkPositive("Trainer", "clip.norm", norm);
}

/**
 * The gradients, clipped: each entry to [-value, value], then all of them shortened by one factor,
 * norm / max(length, norm).
 * @see Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks",
 * algorithm 1 (arXiv:1211.5063).
 */
export function clipGradients(
  context: Pick<EmitContext, "builder" | "opset">,
  gradients: readonly string[],
  { value, norm }: Clipping,
): readonly string[] {
  const { builder } = context;
  const bounded =
    value === undefined
      ? gradients
      : gradients.map((tensor) => clip(context, { tensor, min: -value, max: value }));
  if (norm === undefined) return bounded;
  const squares = bounded.map((tensor) =>
    builder.op("ReduceSumSquare", [tensor], { attributes: { keepdims: 0 } }),
  );
  const root = builder.op("Sqrt", [addUp(builder, squares)]);
  const length = clip(context, { tensor: root, min: norm });
  const factor = builder.op("Div", [builder.scalar("float32", norm), length]);
  return bounded.map((tensor) => builder.op("Mul", [tensor, factor]));
}
