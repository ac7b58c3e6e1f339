import { insertDropConnect as dropOnnx, encodeModel, maskFeeds } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo, type NodeOptions } from "@dropoutkit/onnx/graph";
import { dropConnect } from "@dropoutkit/tfjs";
import * as tf from "@tensorflow/tfjs";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";

const seed = 7;
const rate = 0.5;

/** Inputs that show the weights themselves: each sum has one product, by 1. */
const oneHot = (n: number): tf.Tensor => tf.eye(n);
const values = (shape: number[], from = 0): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i + from)),
    shape,
  );
const floats = (tensor: tf.Tensor): Float32Array => Float32Array.from(tensor.dataSync());

interface Run {
  readonly x: tf.Tensor;
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  readonly rank: number;
  readonly per: "example" | "batch";
  readonly node?: NodeOptions;
}

/** The first training call of a node `layer` in ONNX; its output `y` has the rank. */
async function runOnnx(
  opType: string,
  { x, weights, rank, per, node }: Run,
): Promise<Float32Array> {
  const builder = new GraphBuilder();
  for (const [name, tensor] of Object.entries(weights)) {
    const data = floats(tensor);
    builder.constant(makeTensor({ name, type: "float32", dims: tensor.shape, data }));
  }
  builder.op(opType, ["x", ...Object.keys(weights)], { name: "layer", outputs: ["y"], ...node });
  const model = builder.model({
    name: "layer",
    inputs: [makeValueInfo("x", { type: "float32", dims: x.shape })],
    outputs: [makeValueInfo("y", { type: "float32", dims: ["a", "b", "c", "d"].slice(0, rank) })],
    opset: 18,
  });
  const noisy = dropOnnx(model, { rate, nodes: { name: "layer" }, per });
  const feeds: Record<string, ort.Tensor> = { x: new ort.Tensor("float32", floats(x), x.shape) };
  for (const [name, { type, data, dims }] of Object.entries(maskFeeds(noisy, { seed, step: 0 }))) {
    feeds[name] = new ort.Tensor(type, data, dims);
  }
  const session = await ort.InferenceSession.create(encodeModel(noisy));
  const { y } = await session.run(feeds);
  if (!(y.data instanceof Float32Array)) throw new TypeError("y must be float32");
  return y.data;
}

/** The first training call of a layer of tfjs named `layer`, with the weights. */
function runTfjs(
  layer: tf.layers.Layer,
  x: tf.Tensor,
  weights: tf.Tensor[],
  per?: Run["per"],
): tf.Tensor {
  const noisy = dropConnect({ layer, rate, seed, name: "layer", ...(per && { per }) });
  noisy.build(x.shape);
  layer.setWeights(weights);
  const y = noisy.apply(x, { training: true });
  if (!(y instanceof tf.Tensor)) throw new TypeError("y must be one tensor");
  return y;
}

describe.each(["example", "batch"] as const)(
  "weights dropped in both frameworks, masks per %s",
  (per) => {
    test("of a dense layer, which ONNX stores transposed, are the same to the bit", async () => {
      const kernel = values([6, 5]);
      const x = oneHot(6);
      const bias = tf.zeros([5]);
      const expected = runTfjs(tf.layers.dense({ units: 5 }), x, [kernel, bias], per);
      const weights = { w: kernel.transpose(), b: bias };
      const node = { attributes: { transB: 1 } };
      const y = await runOnnx("Gemm", { x, weights, rank: 2, per, node });
      expect(y).toEqual(floats(expected));
      expect(y.filter((value) => value === 0).length).toBeGreaterThan(0);
    });

    test("of a convolution, whose channels are first in ONNX, are the same to the bit", async () => {
      const kernel = values([2, 3, 2, 4]);
      const bias = tf.zeros([4]);
      const x = oneHot(12).reshape([12, 2, 3, 2]);
      const layer = tf.layers.conv2d({ filters: 4, kernelSize: [2, 3] });
      const expected = runTfjs(layer, x, [kernel, bias], per);
      const weights = { w: kernel.transpose([3, 2, 0, 1]), b: bias };
      const y = await runOnnx("Conv", { x: x.transpose([0, 3, 1, 2]), weights, rank: 4, per });
      expect(y).toEqual(floats(expected));
      expect(y.filter((value) => value === 0).length).toBeGreaterThan(0);
    });
  },
);

test("recurrent weights of an LSTM, whose gates have another order in ONNX, are the same", async () => {
  const units = 3;
  const [w, r] = [values([4, 4 * units], 1), values([units, 4 * units], 2)];
  const x = values([2, 5, 4], 3);
  const layer = tf.layers.lstm({ units, recurrentActivation: "sigmoid" });
  const expected = runTfjs(layer, x, [w, r, tf.zeros([4 * units])]);
  const stored = (kernel: tf.Tensor): tf.Tensor => {
    const [i, f, c, o] = tf.split(kernel.transpose(), 4);
    return tf.concat([i, o, f, c]).expandDims();
  };
  const y = await runOnnx("LSTM", {
    x: x.transpose([1, 0, 2]),
    weights: { w: stored(w), r: stored(r) },
    rank: 3,
    per: "batch",
    node: { attributes: { hidden_size: units }, outputs: ["", "y"] },
  });
  // Five steps of sigmoids and tanhs that each framework approximates within some 2^-20; another mask
  // moves the values by more than 2^-5.
  floats(expected).forEach((value, i) => {
    expect(Math.abs(value - y[i])).toBeLessThan(2 ** -16);
  });
});
