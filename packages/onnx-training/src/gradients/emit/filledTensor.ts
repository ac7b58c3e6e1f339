import { makeTensor } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";

/** A float32 constant of one number in known sizes. */
export function filledTensor(
  { builder }: Pick<EmitContext, "builder">,
  dims: readonly number[],
  value: number,
): string {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const data = new Float32Array(size).fill(value);
  return builder.constant(
    makeTensor({ name: builder.uniqueName("filled"), type: "float32", dims, data }),
  );
}
