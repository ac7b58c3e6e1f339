import { dropout } from "@dropoutkit/core";
import { drawUniform } from "@dropoutkit/core/adapter";
import { insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, type NoiseSource } from "@dropoutkit/onnx/graph";
import type { Tensor } from "onnxruntime-web";
import { float32, int64 } from "../runtime/runModel.js";

/** `x [batch, 4] -> fc1 (8, Relu) -> fc2 -> logits [batch, 3]`, weights from a fixed seed. */
export function mlp(): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, dims: readonly number[]): string => {
    const uniforms = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
    const data = uniforms.map((u) => (dims.length === 1 ? 0 : 2 * u - 1));
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  const attributes = { transB: 1 };
  const first = ["x", weight("fc1.weight", [8, 4]), weight("fc1.bias", [8])];
  const hidden = builder.op("Gemm", first, { name: "fc1", attributes });
  const relu = builder.op("Relu", [hidden], { name: "relu" });
  const second = [relu, weight("fc2.weight", [3, 8]), weight("fc2.bias", [3])];
  builder.op("Gemm", second, { name: "fc2", attributes, outputs: ["logits"] });
  return builder.model({
    name: "mlp",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 4] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 3] })],
    opset: 18,
  });
}

/** The same with dropout, rate .5, behind `relu`. */
export const noisyMlp = (noise: NoiseSource = "feeds"): OnnxModel =>
  insertDropout(mlp(), { variant: dropout({ rate: 0.5 }), after: { opType: "Relu" }, noise });

/** Twelve examples of three classes: the place of the largest of the first three features. */
export function batch(): { x: Tensor; labels: Tensor } {
  const x = drawUniform({ seed: 2, site: "batch", step: 0, shape: [12, 4] });
  const labels = Array.from({ length: 12 }, (_, row) => {
    const [a, b, c] = x.subarray(4 * row, 4 * row + 3);
    return a > b && a > c ? 0 : b > c ? 1 : 2;
  });
  return { x: float32([12, 4], x), labels: int64(labels) };
}
