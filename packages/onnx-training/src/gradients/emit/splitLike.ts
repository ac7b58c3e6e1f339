import { split } from "@dropoutkit/onnx/graph";
import { tooOld } from "../../backward/tooOld.js";
import type { EmitContext } from "../EmitContext.js";
import { sizeAt } from "./sizeAt.js";

export interface SplitLikeOptions {
  readonly tensor: string;
  readonly axis: number;
  /** Tensors of the forward graph whose sizes along the axis the parts have. */
  readonly like: readonly string[];
}

/**
 * Cuts a tensor into parts.
 * @throws {Error} If a size is not known before, and the opset is below 13, where sizes became an input.
 */
export function splitLike(
  context: EmitContext,
  { tensor, axis, like }: SplitLikeOptions,
): readonly string[] {
  const { builder, opset, info } = context;
  const sizes = like.map((part) => info(part).dims[axis]);
  if (sizes.every((size) => typeof size === "number")) {
    return split(context, { tensor, axis, sizes });
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
  const outputs = like.map(() => builder.uniqueName("part"));
  return builder.ops("Split", [tensor, lengths], { attributes: { axis }, outputs });
}
