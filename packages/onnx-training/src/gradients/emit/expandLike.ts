import { makeTensor } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";
import { floatTypeOf } from "./scalarLike.js";
import { shapeOf } from "./shapeOf.js";

export interface ExpandOptions {
  /** Size 1 along `axes`, and along all others what `like` has. */
  readonly tensor: string;
  readonly axes: readonly number[];
  readonly like: string;
}

/** Repeats a tensor along axes to the shape of a tensor of the forward graph. Expand came with opset 8. */
export function expandLike(context: EmitContext, { tensor, axes, like }: ExpandOptions): string {
  const { builder, opset, info } = context;
  const { dims } = info(like);
  if (axes.length === 0) return tensor;
  // With a constant size 0 the runtime infers size 1 for Expand, and refuses the model.
  if (dims.every((size) => typeof size === "number") && dims.includes(0)) {
    return emptyLike(context, like, dims);
  }
  const shape = shapeOf(context, like);
  if (opset >= 8) return builder.op("Expand", [tensor, shape]);
  const repeated = dims.map((_, axis) => (axes.includes(axis) ? 1 : 0));
  const kept = repeated.map((one) => 1 - one);
  const repeats = builder.op("Add", [
    builder.op("Mul", [shape, builder.ints(repeated)]),
    builder.ints(kept),
  ]);
  return builder.op("Tile", [tensor, repeats]);
}

function emptyLike(context: EmitContext, like: string, dims: readonly number[]): string {
  const { builder } = context;
  const name = builder.uniqueName("empty");
  const empty =
    floatTypeOf(context, like) === "float32"
      ? makeTensor({ name, type: "float32", dims, data: new Float32Array(0) })
      : makeTensor({ name, type: "float64", dims, data: new Float64Array(0) });
  return builder.constant(empty);
}
