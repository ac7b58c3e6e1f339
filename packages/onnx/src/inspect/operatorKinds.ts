import type { NodeProto } from "../model/schema.js";

const kind =
  (names: string) =>
  ({ opType }: NodeProto): boolean =>
    names.split(/\s+/).includes(opType);

/** Acts on each entry by itself, or normalises probabilities. */
export const isActivation: (node: NodeProto) => boolean = kind(
  "Celu Clip Elu Gelu HardSigmoid HardSwish LeakyRelu LogSoftmax Mish PRelu Relu Selu Sigmoid Softmax Softplus Softsign Tanh ThresholdedRelu",
);

/** Has the entries of its first input, in another shape, order or type. */
export const isReshaping: (node: NodeProto) => boolean = kind(
  "Cast Flatten Identity Reshape Squeeze Transpose Unsqueeze",
);

export const isConvolution: (node: NodeProto) => boolean = kind(
  "Conv ConvInteger ConvTranspose DeformConv QLinearConv",
);

const isMapwise = kind(
  "Add AveragePool BatchNormalization Cast Dropout GroupNormalization Identity InstanceNormalization LayerNormalization LpPool LRN MaxPool Mul Pad Resize Upsample",
);

/** Makes maps of maps, whose neighbouring entries are alike as before; an Add or Mul is a bias or a scale. */
export const mapsStay = (node: NodeProto): boolean => isActivation(node) || isMapwise(node);
