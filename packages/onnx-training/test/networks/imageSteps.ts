import type { NodeOptions } from "@dropoutkit/onnx/graph";
import type { Draft, Value } from "./Draft.js";
import type { Step } from "./Step.js";

/** An image `[batch, channels, height, width]`. */
interface Image {
  readonly draft: Draft;
  readonly x: Value;
  readonly other: number;
  readonly how: number;
}

/** A step for images; `add` writes it. */
const image = (add: (image: Image) => void, since?: number): Step => ({
  since,
  add(draft, { which, other, how }) {
    const x = draft.recent(which);
    if (x.dims.length === 4) add({ draft, x, other, how });
  },
});

/** Images with a kernel `[out, in, 2, 2]`, which may be tied, and zeros around them. */
const convolution = image(({ draft, x, other, how }) => {
  const [batch, channels, height, width] = x.dims;
  const kernel = draft.weight(other, [1 + (how % 4), channels, 2, 2]);
  const pad = how % 2;
  const dims = [batch, kernel.dims[0], height - 1 + 2 * pad, width - 1 + 2 * pad];
  if (Math.min(...dims) < 1) return;
  const bias = draft.weight(how, [kernel.dims[0]]);
  const bound = 4 * channels * x.bound * kernel.bound + bias.bound;
  const attributes = { pads: [pad, pad, pad, pad] };
  draft.op("Conv", [x, kernel, bias], { attributes, dims, bound });
});

/** Images that grow by 1, or to twice their size. */
const deconvolution = image(({ draft, x, other, how }) => {
  const [batch, channels, height, width] = x.dims;
  const stride = 1 + (how % 2);
  const dims = [batch, 1 + (other % 2), (height - 1) * stride + 2, (width - 1) * stride + 2];
  if (dims[2] * dims[3] > 25) return;
  const kernel = draft.weight(other, [channels, dims[1], 2, 2]);
  const attributes = { strides: [stride, stride] };
  const bound = 4 * channels * x.bound * kernel.bound;
  draft.op("ConvTranspose", [x, kernel], { attributes, dims, bound });
});

/** Windows that overlap. */
const pool = (opType: string): Step =>
  image(({ draft, x }) => {
    const [batch, channels, height, width] = x.dims;
    if (Math.min(height, width) < 2) return;
    const dims = [batch, channels, height - 1, width - 1];
    draft.op(opType, [x], { attributes: { kernel_shape: [2, 2] }, dims, bound: x.bound });
  });

const globalPool = (opType: string): Step =>
  image(({ draft, x }) => {
    draft.op(opType, [x], { dims: [x.dims[0], x.dims[1], 1, 1], bound: x.bound });
  });

/** To twice its size or half of it. */
const resize = image(({ draft, x, other, how }) => {
  const scales = how % 2 === 0 ? [1, 1, 2, 2] : [1, 1, 0.5, 2];
  const dims = x.dims.map((size, axis) => Math.floor(size * scales[axis]));
  if (dims.includes(0) || dims[2] * dims[3] > 25) return;
  const factors = draft.constant([4], scales);
  const constants = draft.opset < 11 ? [factors] : [draft.constant([0], []), factors];
  const attributes = { mode: other % 2 === 0 ? "nearest" : "linear" };
  draft.op("Resize", [x], { constants, attributes, dims, bound: x.bound });
}, 10);

const depthToSpace = image(({ draft, x }) => {
  const [batch, channels, height, width] = x.dims;
  if (channels % 4 > 0) return;
  const dims = [batch, channels / 4, 2 * height, 2 * width];
  draft.op("DepthToSpace", [x], { attributes: { blocksize: 2 }, dims, bound: x.bound });
});

/** By the statistics of each channel of each image. */
const instanceNormalization = image(({ draft, x, other, how }) => {
  const own = [x.dims[1]];
  const [scale, bias] = [other, how].map((choice) => draft.weight(choice, own));
  const attributes = { epsilon: { float: 0.25 } };
  const bound = 5 * scale.bound + bias.bound;
  draft.op("InstanceNormalization", [x, scale, bias], { attributes, dims: x.dims, bound });
});

/** By statistics that are given. */
const batchNormalization = image(({ draft, x, other, how }) => {
  const own = [x.dims[1]];
  const [scale, bias] = [other, how].map((choice) => draft.weight(choice, own));
  const [mean, variance] = [0.5, 1].map((value) =>
    draft.constant(own, new Array<number>(own[0]).fill(value)),
  );
  const constants = [mean, variance];
  const bound = (x.bound + 1) * scale.bound + bias.bound;
  draft.op("BatchNormalization", [x, scale, bias], { constants, dims: x.dims, bound });
});

/** Channels as the steps of a sequence, `[channels, batch, ...]`. */
const recurrent = (opType: string, gates: number): Step =>
  image(({ draft, x, other, how }) => {
    const [batch, channels, height, width] = x.dims;
    const size = height * width;
    const flat = draft.op("Reshape", [x], {
      constants: [draft.builder.ints([batch, channels, size])],
      dims: [batch, channels, size],
      bound: x.bound,
    });
    const kernel = [1, 2 * gates, size];
    const weights = [kernel, [1, 2 * gates, 2]].map((dims) => draft.weight(other, dims));
    const direction = how % 2 === 0 ? "forward" : "reverse";
    const attributes: NodeOptions["attributes"] = { hidden_size: 2, direction };
    const dims = [batch, 1, channels, 2];
    draft.op(opType, [flat, ...weights], { attributes, dims, bound: 1 });
  }, 9);

/** A function of one entry that the runtime has no float64 kernel of. */
const unary = (opType: string, since?: number): Step => ({
  since,
  add(draft, { which }) {
    const x = draft.recent(which);
    draft.op(opType, [x], { dims: x.dims, bound: x.bound + 1 });
  },
});

/** Steps for which the runtime has kernels of float32 alone. */
export const imageSteps: readonly Step[] = [
  convolution,
  convolution,
  deconvolution,
  pool("AveragePool"),
  pool("MaxPool"),
  globalPool("GlobalAveragePool"),
  globalPool("GlobalMaxPool"),
  resize,
  depthToSpace,
  instanceNormalization,
  batchNormalization,
  recurrent("LSTM", 4),
  recurrent("GRU", 3),
  unary("Elu"),
  unary("Softplus"),
  unary("Erf", 9),
  unary("HardSwish", 14),
  unary("Gelu", 20),
];
