import type { EmitContext } from "../EmitContext.js";
import { reshapeLike } from "./reshapeLike.js";

/**
 * The places of a tensor's entries, counted from 0, in its shape. What an operator that moves entries
 * makes of them says where each entry of its output came from. Range came with opset 11.
 */
export function positionsIn(context: EmitContext, tensor: string): string {
  const { builder, info } = context;
  const { dims } = info(tensor);
  const count = dims.every((size) => typeof size === "number")
    ? builder.scalar(
        "int64",
        dims.reduce((product, size) => product * size, 1),
      )
    : builder.op("Size", [tensor]);
  const [zero, one] = [0, 1].map((value) => builder.scalar("int64", value));
  return reshapeLike(context, builder.op("Range", [zero, count, one]), tensor);
}
