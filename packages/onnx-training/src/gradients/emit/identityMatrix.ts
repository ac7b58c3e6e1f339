import { makeTensor } from "@dropoutkit/onnx/graph";
import { tooOld } from "../../backward/tooOld.js";
import type { EmitContext } from "../EmitContext.js";
import { floatTypeOf } from "./scalarLike.js";
import { sizeAt } from "./sizeAt.js";

/**
 * The identity `[size, size]`, as large as a tensor of the forward graph along an axis, in its type.
 * What makes it in the graph came with opset 9.
 */
export function identityMatrix(context: EmitContext, tensor: string, axis: number): string {
  const { builder, opset, info } = context;
  const { dataType, dims } = info(tensor);
  const size = dims[axis];
  if (opset >= 9) {
    const sizes = sizeAt(context, tensor, axis);
    const shape = builder.op("Concat", [sizes, sizes], { attributes: { axis: 0 } });
    const zeros = builder.op("ConstantOfShape", [shape]);
    return builder.op("EyeLike", [zeros], { attributes: { dtype: dataType } });
  }
  if (typeof size !== "number" || floatTypeOf(context, tensor) !== "float32") {
    throw tooOld(
      `gradient: tensor ${tensor} must be float32 of known sizes at opset ${opset}, got size ${size} (opset 9 or later reads it at the run)`,
    );
  }
  const data = Float32Array.from({ length: size ** 2 }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const name = builder.uniqueName("identity");
  return builder.constant(makeTensor({ name, type: "float32", dims: [size, size], data }));
}
