import * as tf from "@tensorflow/tfjs";

const KERNEL = "Conv2DBackpropFilter";

type KernelCall = Parameters<ReturnType<typeof tf.getKernel>["kernelFunc"]>[0];

/** What tfjs's gradient of a convolution says of it; it has checked that there is no dilation. */
type Attrs = tf.NamedAttrMap & tf.Conv2DBackpropFilterAttrs;

/**
 * Gives the wasm backend the kernel without which no convolution trains on it (tensorflow/tfjs#8474). The
 * gradient with respect to the filter is a product of matrices for each of its pixels: the input as that pixel sees it, by the
 * gradient of the output.
 */
export function addFilterGradient(): void {
  if (tf.getKernel(KERNEL, "wasm") !== undefined) return;
  tf.registerKernel({ kernelName: KERNEL, backendName: "wasm", kernelFunc: filterGradient });
}

function filterGradient({ inputs: { x, dy }, attrs }: KernelCall): tf.Tensor {
  const { strides, pad, dimRoundingMode, filterShape } = attrs as Attrs;
  if (!(isRank4(x) && isRank4(dy))) {
    throw new TypeError(`${KERNEL}: x and dy must be tensors of rank 4, got others`);
  }
  const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right } = padInfo;
  const [height, width, channels, filters] = filterShape;
  const [batch, rows, columns] = dy.shape;
  return tf.tidy(() => {
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const gradients = tf.reshape(dy, [-1, filters]);
    const products = Array.from({ length: height * width }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const end = [row + (rows - 1) * strideHeight + 1, column + (columns - 1) * strideWidth + 1];
      const seen = tf.stridedSlice(
        padded,
        [0, row, column, 0],
        [batch, ...end, channels],
        [1, strideHeight, strideWidth, 1],
      );
      return tf.matMul(tf.reshape(seen, [-1, channels]), gradients, true, false);
    });
    return tf.reshape(tf.stack(products), filterShape);
  });
}

const isRank4 = (tensor: tf.TensorInfo | undefined): tensor is tf.Tensor4D =>
  tensor instanceof tf.Tensor && tensor.rank === 4;
