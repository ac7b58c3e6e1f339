import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";

export const BATCH = 64;
export const ROWS = 28;
export const UNITS = 128;
export const CLASSES = 10;

/** A new LSTM over the rows of images, `input` `[BATCH, ROWS, ROWS]`, whose last state gives `logits`. */
export function lstm(): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, ...dims: readonly number[]): string => {
    const draws = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
    const data = draws.map((u) => (2 * u - 1) / Math.sqrt(UNITS));
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  const x = builder.op("Transpose", ["input"], { attributes: { perm: [1, 0, 2] } });
  const weights = [
    weight("W", 1, 4 * UNITS, ROWS),
    weight("R", 1, 4 * UNITS, UNITS),
    weight("B", 1, 8 * UNITS),
  ];
  const [, end] = builder.ops("LSTM", [x, ...weights], {
    name: "lstm",
    outputs: ["", "end"],
    attributes: { hidden_size: UNITS },
  });
  const h = builder.op("Squeeze", [end, builder.ints([0])]);
  const dense = [weight("kernel", UNITS, CLASSES), weight("bias", CLASSES)];
  builder.op("Gemm", [h, ...dense], { outputs: ["logits"] });
  return builder.model({
    name: "lstm",
    inputs: [makeValueInfo("input", { type: "float32", dims: [BATCH, ROWS, ROWS] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: [BATCH, CLASSES] })],
    opset: 18,
  });
}
