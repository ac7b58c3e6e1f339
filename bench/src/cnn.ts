import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";

export const CNN_BATCH = 64;
/** Channels of the two convolutions, and units of the hidden layer. */
export const CHANNELS: readonly number[] = [32, 64];
export const HIDDEN = 128;

/**
 * A new convolutional net on MNIST's images: twice 3x3, ReLU and 2x2 pooling, then two dense layers, from
 * `input` `[64, 1, 28, 28]` to `logits`. The hidden layer is the tensor `hidden`.
 */
export function cnn(): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, dims: readonly number[], fanIn: number): string => {
    const draws = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
    const data = draws.map((u) => (2 * u - 1) / Math.sqrt(fanIn));
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  let x = "input";
  CHANNELS.forEach((channels, layer) => {
    const from = CHANNELS[layer - 1] ?? 1;
    const kernel = weight(`kernel${layer}`, [channels, from, 3, 3], 9 * from);
    const bias = weight(`bias${layer}`, [channels], 9 * from);
    const same = { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } };
    x = builder.op("Relu", [builder.op("Conv", [x, kernel, bias], same)]);
    x = builder.op("MaxPool", [x], { attributes: { kernel_shape: [2, 2], strides: [2, 2] } });
  });
  const features = 7 * 7 * CHANNELS[1];
  x = builder.op("Flatten", [x]);
  const first = [
    weight("kernel2", [features, HIDDEN], features),
    weight("bias2", [HIDDEN], features),
  ];
  x = builder.op("Relu", [builder.op("Gemm", [x, ...first])], { name: "hidden" });
  const last = [weight("kernel3", [HIDDEN, 10], HIDDEN), weight("bias3", [10], HIDDEN)];
  builder.op("Gemm", [x, ...last], { outputs: ["logits"] });
  return builder.model({
    name: "cnn",
    inputs: [makeValueInfo("input", { type: "float32", dims: [CNN_BATCH, 1, 28, 28] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: [CNN_BATCH, 10] })],
    opset: 18,
  });
}
