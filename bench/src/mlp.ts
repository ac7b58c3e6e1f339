import { dropout } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";
import { insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, type NoiseSource } from "@dropoutkit/onnx/graph";

export const BATCH = 128;
export const SIZES: readonly number[] = [784, 256, 256, 10];
export const RATE = 0.5;

/** A new MLP of `SIZES` with ReLU, over `input` and `logits` of `BATCH` examples. */
export function mlp(): OnnxModel {
  const builder = new GraphBuilder();
  let x = "input";
  for (let layer = 0; layer < SIZES.length - 1; layer++) {
    const shape = [SIZES[layer], SIZES[layer + 1]];
    const weight = (name: string, dims: readonly number[]): string => {
      const draws = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
      const data = draws.map((u) => (2 * u - 1) / Math.sqrt(shape[0]));
      return builder.constant(makeTensor({ name, type: "float32", dims, data }));
    };
    const isLast = layer === SIZES.length - 2;
    x = builder.op(
      "Gemm",
      [x, weight(`kernel${layer}`, shape), weight(`bias${layer}`, [shape[1]])],
      isLast ? { outputs: ["logits"] } : {},
    );
    if (!isLast) x = builder.op("Relu", [x]);
  }
  return builder.model({
    name: "mlp",
    inputs: [makeValueInfo("input", { type: "float32", dims: [BATCH, SIZES[0]] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: [BATCH, 10] })],
    opset: 18,
  });
}

/** The same with dropout of rate `RATE` after each ReLU. */
export const noisyMlp = (noise: NoiseSource): OnnxModel =>
  insertDropout(mlp(), { variant: dropout({ rate: RATE }), after: { opType: "Relu" }, noise });
