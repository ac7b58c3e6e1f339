import * as tf from "@tensorflow/tfjs";

let done = false;

/**
 * Gives `conv2d` a gradient that every backend can compute: wasm lacks the kernel of tfjs's own
 * (`Conv2DBackpropFilter`, tensorflow/tfjs#8474). The gradient by the filter is a product of matrices for
 * each of its pixels: the input as that pixel sees it, by the gradient of the output.
 */
export function filterGradientByProducts(): void {
  if (done) return;
  done = true;
  tf.registerGradient({
    kernelName: "Conv2D",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attrs) => {
      const [x, filter] = saved;
      if (!isRank4(x) || !isRank4(filter) || Array.isArray(dy) || !isRank4(dy) || !isPlain(attrs)) {
        throw new Error("demo: convolutions must be of stride 1 without padding, got others");
      }
      return {
        x: () => tf.conv2dTranspose(dy, filter, x.shape, 1, "valid"),
        filter: () => filterGradient(x, dy, filter.shape),
      };
    },
  });
}

function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [height, width, channels, filters]: readonly number[],
): tf.Tensor {
  const [batch, rows, columns] = dy.shape;
  const gradients = tf.reshape(dy, [-1, filters]);
  const products = Array.from({ length: height * width }, (_, pixel) => {
    const from = [0, Math.floor(pixel / width), pixel % width, 0];
    const seen = tf.slice(x, from, [batch, rows, columns, channels]);
    return tf.matMul(tf.reshape(seen, [-1, channels]), gradients, true, false);
  });
  return tf.reshape(tf.stack(products), [height, width, channels, filters]);
}

const isRank4 = (tensor: tf.Tensor): tensor is tf.Tensor4D => tensor.rank === 4;

function isPlain(attrs: Readonly<Record<string, unknown>>): boolean {
  const { strides, pad, dataFormat, dilations } = attrs;
  const ones = [strides, dilations].flat().every((size) => size === 1);
  return ones && pad === "valid" && dataFormat === "NHWC";
}
