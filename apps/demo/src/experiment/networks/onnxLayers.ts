import type { Channels } from "@dropoutkit/core";
import { type GraphBuilder, makeTensor } from "@dropoutkit/onnx/graph";
import type { ConvolutionPlan, DensePlan, LayerPlan, LstmPlan, NoisePlan } from "./LayerPlan.js";
import { permuted } from "./permuted.js";

/** What a layer leaves: a tensor `[batch, ...]`, with the sizes of an example as the plan has them. */
export interface OnnxPlace {
  readonly tensor: string;
  readonly shape: readonly number[];
  /** ONNX's convolutions have them first. */
  readonly channels: Channels;
  /** Where a layer of noise puts it, if that is not behind its tensor, in ONNX's own layout. */
  readonly noisy?: { readonly tensor: string; readonly channels: "last" };
}

/** Operators of activations; a layer of logits has none. */
const activations = { relu: "Relu", selu: "Selu", linear: undefined } as const;

/** Adds a layer's operators. */
export function addLayer(builder: GraphBuilder, layer: LayerPlan, place: OnnxPlace): OnnxPlace {
  switch (layer.kind) {
    case "noise":
      return addNoise(builder, layer, place);
    case "reshape":
      return addReshape(builder, layer.shape, place);
    case "pool":
      return addPool(builder, place);
    case "convolution":
      return addConvolution(builder, layer, place);
    case "dense":
      return addDense(builder, layer, place);
    case "lstm":
      return addLstm(builder, layer, place);
  }
}

/** Noise of single pixels is drawn channels last, as in the other framework, and that is how it is put in. */
function addNoise(
  builder: GraphBuilder,
  { site, variant }: NoisePlan,
  { noisy: _, ...place }: OnnxPlace,
): OnnxPlace {
  if (place.channels === "last" || variant === "spatial-dropout") return place;
  const turned = (tensor: string, perm: readonly number[], name: string): string =>
    builder.op("Transpose", [tensor], { attributes: { perm }, outputs: [name] });
  const last = turned(place.tensor, [0, 2, 3, 1], `${site}.last`);
  const first = turned(last, [0, 3, 1, 2], `${site}.first`);
  return { ...place, tensor: first, noisy: { tensor: last, channels: "last" } };
}

function addReshape(
  builder: GraphBuilder,
  shape: readonly number[],
  { tensor, shape: from, channels }: OnnxPlace,
): OnnxPlace {
  // Channels that are first are flattened first; the dense layer behind has its rows in that order.
  if (shape.length === 1) {
    return {
      tensor: builder.op("Flatten", [tensor]),
      shape: channels === "first" ? from : shape,
      channels,
    };
  }
  const isImage = shape.length === 3;
  const sizes = isImage ? [shape[2], shape[0], shape[1]] : shape;
  const reshaped = builder.op("Reshape", [tensor, builder.ints([-1, ...sizes])]);
  return { tensor: reshaped, shape, channels: isImage ? "first" : "last" };
}

function addPool(builder: GraphBuilder, { tensor, shape }: OnnxPlace): OnnxPlace {
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  const [height, width, channels] = shape;
  return {
    tensor: builder.op("MaxPool", [tensor], { attributes }),
    shape: [Math.floor(height / 2), Math.floor(width / 2), channels],
    channels: "first",
  };
}

function addConvolution(
  builder: GraphBuilder,
  { name, channels, filters, kernel, bias }: ConvolutionPlan,
  { tensor, shape: [height, width] }: OnnxPlace,
): OnnxPlace {
  const w = permuted(kernel, { shape: [3, 3, channels, filters], order: [3, 2, 0, 1] });
  const weights = [
    constant(builder, { name: `${name}.kernel`, dims: [filters, channels, 3, 3], data: w }),
    constant(builder, { name: `${name}.bias`, dims: [filters], data: bias }),
  ];
  const sum = builder.op("Conv", [tensor, ...weights], { name });
  const relu = builder.op("Relu", [sum], { outputs: [`${name}.activation`] });
  return { tensor: relu, shape: [height - 2, width - 2, filters], channels: "first" };
}

function addDense(
  builder: GraphBuilder,
  { name, inputs, units, kernel, bias, activation }: DensePlan,
  { tensor, shape, channels }: OnnxPlace,
): OnnxPlace {
  const rows =
    channels === "first" && shape.length === 3
      ? permuted(kernel, { shape: [...shape, units], order: [2, 0, 1, 3] })
      : kernel;
  const weights = [
    constant(builder, { name: `${name}.kernel`, dims: [inputs, units], data: rows }),
    constant(builder, { name: `${name}.bias`, dims: [units], data: bias }),
  ];
  const opType = activations[activation];
  const after = { shape: [units], channels: "last" } as const;
  if (opType === undefined) {
    return {
      ...after,
      tensor: builder.op("Gemm", [tensor, ...weights], { name, outputs: ["logits"] }),
    };
  }
  const sum = builder.op("Gemm", [tensor, ...weights], { name });
  return { ...after, tensor: builder.op(opType, [sum], { outputs: [`${name}.activation`] }) };
}

function addLstm(
  builder: GraphBuilder,
  { name, features, units, kernel, recurrentKernel, bias }: LstmPlan,
  { tensor }: OnnxPlace,
): OnnxPlace {
  const dims = { kernel: [1, 4 * units, features], recurrent: [1, 4 * units, units] };
  const rows = (data: Float32Array, inputs: number): Float32Array =>
    gatesInOrder(permuted(data, { shape: [inputs, 4 * units], order: [1, 0] }));
  // ONNX has a bias of the input and one of the state; their sum is the plan's.
  const biases = new Float32Array(8 * units);
  biases.set(gatesInOrder(bias));
  const weights = [
    constant(builder, { name: `${name}.kernel`, dims: dims.kernel, data: rows(kernel, features) }),
    constant(builder, {
      name: `${name}.recurrentKernel`,
      dims: dims.recurrent,
      data: rows(recurrentKernel, units),
    }),
    constant(builder, { name: `${name}.bias`, dims: [1, 8 * units], data: biases }),
  ];
  const timeFirst = builder.op("Transpose", [tensor], { attributes: { perm: [1, 0, 2] } });
  const last = `${name}.last`;
  const attributes = { hidden_size: units };
  builder.op("LSTM", [timeFirst, ...weights], { name, attributes, outputs: ["", last] });
  const y = builder.op("Reshape", [last, builder.ints([-1, units])]);
  return { tensor: y, shape: [units], channels: "last" };
}

/** ONNX has the gates in the order input, output, forget, cell. */
function gatesInOrder(rows: Float32Array): Float32Array {
  const size = rows.length / 4;
  const ordered = new Float32Array(rows.length);
  [0, 3, 1, 2].forEach((gate, i) => {
    ordered.set(rows.subarray(gate * size, (gate + 1) * size), i * size);
  });
  return ordered;
}

const constant = (
  builder: GraphBuilder,
  tensor: { readonly name: string; readonly dims: readonly number[]; readonly data: Float32Array },
): string => builder.constant(makeTensor({ ...tensor, type: "float32" }));
