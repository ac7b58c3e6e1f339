import { tooOld } from "../../backward/tooOld.js";
import type { EmitContext } from "../GradientRule.js";
import { sizeAt } from "./sizeAt.js";

export interface SplitOptions {
  readonly tensor: string;
  readonly axis: number;
  /** Tensors of the forward graph whose sizes along the axis the parts have. */
  readonly like: readonly string[];
}

/**
 * Cuts a tensor into parts. Their sizes became an input at opset 13.
 * @throws {Error} If one is not known before.
 */
export function split(
  context: EmitContext,
  { tensor, axis, like }: SplitOptions,
): readonly string[] {
  const { builder, opset, info } = context;
  const sizes = like.map((part) => info(part).dims[axis]);
  const outputs = like.map(() => builder.uniqueName("part"));
  if (sizes.every((size) => typeof size === "number")) {
    return opset >= 13
      ? builder.ops("Split", [tensor, builder.ints(sizes)], { attributes: { axis }, outputs })
      : builder.ops("Split", [tensor], { attributes: { axis, split: sizes }, outputs });
  }
  if (opset < 13) {
    throw tooOld(
      `gradient: tensors that are joined must have known sizes at opset ${opset}, got [${sizes.join(", ")}] (opset 13 or later reads them at the run)`,
    );
  }
  const lengths = builder.op(
    "Concat",
    like.map((part) => sizeAt(context, part, axis)),
    { attributes: { axis: 0 } },
  );
  return builder.ops("Split", [tensor, lengths], { attributes: { axis }, outputs });
}
