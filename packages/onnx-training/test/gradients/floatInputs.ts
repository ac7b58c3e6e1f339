import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { type Domain, derived } from "./cases.js";
import type { Accuracy } from "./finiteDifferences.js";
import { bools, indices, ints, type NodeCase, type NodeInput } from "./nodeCase.js";

/** What becomes of the gradient by an input: checked by differences, which may be 0, or refused by name. */
export type Fate = "gradient" | "constant" | "refused";

/** A node with all inputs that may hold floats, and the fate of each, in their order. */
export interface Sample extends NodeCase, Accuracy {
  readonly opset?: number;
  /** Default: float64, which some operators have no kernel for. */
  readonly type?: "float32" | "float64";
  readonly fates: readonly Fate[];
  /** Whether each run draws other numbers, so that differences say nothing. Default: false. */
  readonly drawn?: boolean;
}

const x = (dims: readonly number[], seed = 1, domain?: Domain): NodeInput =>
  derived(seed, dims, domain);
const byte = (dims: readonly number[], values: readonly number[]): NodeInput => ({
  feed: { type: "uint8", data: Uint8Array.from(values), dims },
});
const int64 = (...values: number[]): NodeInput => indices([values.length], values);

const gradient = (count = 1): Fate[] => new Array<Fate>(count).fill("gradient");
const constant = (count = 1): Fate[] => new Array<Fate>(count).fill("constant");
const refused = (count = 1): Fate[] => new Array<Fate>(count).fill("refused");

const single = { type: "float32" } as const;
const square = [2, 2];
/** Inside the domains of all functions, and away from the kinks of all activations. */
const middle: Domain = { from: 0.25, to: 0.75, kinks: [0.5] };

/** Operators of one tensor, all of whose fifth derivatives are below 2e4 there. */
const unary = (opTypes: readonly string[], domain = middle): Record<string, Sample> =>
  Object.fromEntries(
    opTypes.map((opType) => [
      opType,
      { ...single, fifth: 2e4, inputs: [x(square, 1, domain)], fates: gradient() },
    ]),
  );

/** Refused as a whole: such a node need not run. */
const withoutRule = (count: number, ints = 0): Sample => ({
  inputs: [
    ...Array.from({ length: count }, (_, i) => x(square, i)),
    ...Array.from({ length: ints }, () => int64(1, 1)),
  ],
  fates: refused(count),
});

/** Entries between whole numbers, and far from each other. */
const apart = [0, 1].map((more) => ({
  dims: square,
  values: [0.25, 0.75, 0.7, 0.2].map((value) => value + more),
}));

const constants = (opTypes: readonly string[], count: number): Record<string, Sample> =>
  Object.fromEntries(
    opTypes.map((opType): [string, Sample] => [
      opType,
      {
        ...single,
        cast: true,
        inputs: apart.slice(0, count),
        fates: constant(count),
      },
    ]),
  );

const drawn = (opTypes: readonly string[]): Record<string, Sample> =>
  Object.fromEntries(
    Object.entries(constants(opTypes, 1)).map(([opType, sample]) => [
      opType,
      { ...sample, drawn: true },
    ]),
  );

const several = (opTypes: readonly string[], count: number): Record<string, Sample> =>
  Object.fromEntries(
    opTypes.map((opType): [string, Sample] => [
      opType,
      { inputs: Array.from({ length: count }, (_, i) => x(square, i)), fates: gradient(count) },
    ]),
  );

const reductions = (opTypes: readonly string[]): Record<string, Sample> =>
  Object.fromEntries(
    opTypes.map((opType): [string, Sample] => [
      opType,
      {
        ...single,
        fifth: 1e4,
        attributes: { keepdims: 1 },
        inputs: [{ dims: square, values: [0.5, 1, 1.5, 2] }, ints([1])],
        fates: gradient(),
      },
    ]),
  );

const image = [1, 2, 3, 3];
const pools = (opTypes: readonly string[]): Record<string, Sample> =>
  Object.fromEntries(
    opTypes.map((opType): [string, Sample] => [
      opType,
      {
        ...single,
        fifth: 1e4,
        inputs: [{ dims: [1, 1, 2, 2], values: [0.5, 1, 1.5, 2] }],
        attributes: opType.startsWith("Global") ? undefined : { kernel_shape: [2, 2] },
        fates: gradient(),
      },
    ]),
  );

const float = (name: string, dims: readonly number[]) =>
  makeValueInfo(name, { type: "float64", dims });

/** A graph that multiplies two tensors. */
function product(name: string, [a, b]: readonly string[], inputs: readonly string[] = []) {
  const builder = new GraphBuilder(name);
  const made = builder.op("Mul", [a, b]);
  return builder.graph({
    name,
    inputs: inputs.map((input) => float(input, [2])),
    outputs: [float(made, [2])],
  });
}

const recurrent = (gates: number, more: readonly number[][] = []): Sample => ({
  ...single,
  fifth: 1e3,
  inputs: [
    [2, 1, 2],
    [1, gates * 2, 2],
    [1, gates * 2, 2],
    [1, gates * 4],
    undefined,
    [1, 1, 2],
    ...more,
  ].map((dims, i) => (dims === undefined ? "" : x(dims, i, { from: -0.5, to: 0.5 }))),
  attributes: { hidden_size: 2 },
  fates: gradient(5 + more.length),
});

/** Each operator, with the float inputs that its schema has; those that take none of floats. */
export const floatInputs: Readonly<Record<string, Sample | "no floats">> = {
  ...unary([
    ...[
      "Abs",
      "Acos",
      "Asin",
      "Asinh",
      "Atan",
      "Atanh",
      "Celu",
      "Cos",
      "Cosh",
      "Elu",
      "Erf",
      "Exp",
    ],
    ...["Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Mish", "Neg"],
    ...["Relu", "Selu", "Sigmoid", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt"],
    ...["Tan", "Tanh", "Softmax", "LogSoftmax", "LpNormalization"],
  ]),
  ...unary(["Acosh", "ThresholdedRelu", "Shrink"], { from: 1.5, to: 2.5 }),
  ...unary(["Reciprocal"], { from: 1, to: 2 }),
  ...several(["Add", "Mul", "Sub", "MatMul", "Max", "Min", "Sum"], 2),
  ...constants(
    [
      ...["ArgMax", "ArgMin", "Ceil", "EyeLike", "Floor", "Hardmax", "IsInf", "IsNaN"],
      ...["NonZero", "OptionalHasElement", "Round", "Shape", "Sign", "Size"],
    ],
    1,
  ),
  ...constants(["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"], 2),
  ...reductions([
    ...["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"],
    ...["ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"],
  ]),
  ...pools(["AveragePool", "MaxPool", "LpPool"]),
  ...pools(["GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool"]),
  Mean: { ...single, inputs: [x(square), x(square, 2)], fates: gradient(2) },
  Swish: { ...unary(["Swish"]).Swish, opset: 24, type: "float64" },
  Attention: {
    ...single,
    opset: 23,
    fifth: 200,
    ulps: 16,
    inputs: [
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [2, 3],
      [1, 1, 1, 2],
      [1, 1, 1, 2],
    ].map((dims, i) => x(dims, i, { from: -1, to: 1 })),
    outputs: 3,
    fates: gradient(6),
  },
  BatchNormalization: {
    ...single,
    fifth: 1e3,
    inputs: [x(image), x([2], 2), x([2], 3), x([2], 4), x([2], 5, { from: 1, to: 2 })],
    fates: gradient(5),
  },
  Cast: { inputs: [x(square)], attributes: { to: 11 }, fates: gradient() },
  CastLike: { inputs: [x(square), x([1], 2)], fates: ["gradient", "constant"] },
  Clip: {
    inputs: [
      { dims: [3], values: [-1, 0, 1] },
      x([], 2, { from: -0.6, to: -0.4 }),
      x([], 2, middle),
    ],
    fates: gradient(3),
  },
  Compress: {
    inputs: [x(square), bools([2], [false, true])],
    attributes: { axis: 0 },
    fates: gradient(),
  },
  Concat: {
    inputs: [x(square), x(square, 2), x([2, 1], 3)],
    attributes: { axis: 1 },
    fates: gradient(3),
  },
  Conv: { ...single, inputs: [x(image), x([2, 2, 2, 2], 2), x([2], 3)], fates: gradient(3) },
  ConvTranspose: {
    ...single,
    inputs: [x(image), x([2, 2, 2, 2], 2), x([2], 3)],
    fates: gradient(3),
  },
  CumSum: { inputs: [x(square), ints([0])], fates: gradient() },
  DepthToSpace: { inputs: [x([1, 4, 1, 2])], attributes: { blocksize: 2 }, fates: gradient() },
  Div: { inputs: [x(square), x(square, 2, { from: 1, to: 2 })], fifth: 2e3, fates: gradient(2) },
  Dropout: { inputs: [x(square), x([], 2, middle)], fates: ["gradient", "refused"] },
  Einsum: {
    inputs: [x(square), x(square, 2)],
    attributes: { equation: "ij,jk->ki" },
    fates: gradient(2),
  },
  Expand: { inputs: [x(square), ints([2, 2, 2])], fates: gradient() },
  Flatten: { inputs: [x(square)], fates: gradient() },
  Gather: { inputs: [x(square), int64(-1, 0)], fates: gradient() },
  GatherElements: { inputs: [x(square), indices([1, 2], [-1, 0])], fates: gradient() },
  GatherND: { inputs: [x(square), indices([1, 1], [-1])], fates: gradient() },
  Gemm: { inputs: [x(square), x(square, 2), x([2], 3)], fates: gradient(3) },
  GroupNormalization: {
    ...single,
    opset: 21,
    fifth: 1e4,
    inputs: [x(image), x([2], 2), x([2], 3)],
    attributes: { num_groups: 2, epsilon: { float: 1 } },
    fates: gradient(3),
  },
  InstanceNormalization: {
    ...single,
    fifth: 1e4,
    inputs: [x(image), x([2], 2), x([2], 3)],
    attributes: { epsilon: { float: 1 } },
    fates: gradient(3),
  },
  LayerNormalization: {
    ...single,
    fifth: 1e4,
    inputs: [x([2, 3]), x([3], 2), x([3], 3)],
    attributes: { epsilon: { float: 1 } },
    fates: gradient(3),
  },
  RMSNormalization: {
    ...single,
    opset: 23,
    fifth: 1e4,
    inputs: [x([2, 3]), x([3], 2)],
    attributes: { epsilon: { float: 1 } },
    fates: gradient(2),
  },
  GRU: recurrent(3),
  RNN: recurrent(1),
  LSTM: recurrent(4, [
    [1, 1, 2],
    [1, 6],
  ]),
  If: {
    inputs: [bools([], [true]), x([2]), x([2], 2), x([2], 3)],
    captured: 3,
    attributes: {
      then_branch: product("then", ["x1", "x2"]),
      else_branch: product("else", ["x1", "x3"]),
    },
    fates: gradient(3),
  },
  Scan: {
    inputs: [x([2]), x([3, 2], 2), x([2], 3)],
    captured: 1,
    fifth: 1e3,
    attributes: { body: scanBody(), num_scan_inputs: 1 },
    fates: gradient(3),
  },
  Loop: {
    inputs: [int64(2), bools([], [true]), x([2])],
    fates: refused(),
  },
  LRN: { ...single, fifth: 1e3, inputs: [x(image)], attributes: { size: 3 }, fates: gradient() },
  MeanVarianceNormalization: {
    ...single,
    fifth: 1e4,
    inputs: [{ dims: [1, 1, 2, 2], values: [-1.5, 1, 2, -1] }],
    fates: gradient(),
  },
  NegativeLogLikelihoodLoss: {
    ...single,
    inputs: [x([3, 2]), int64(0, 1, 1), x([2], 2, { from: 0.5, to: 2 })],
    fifth: 1e3,
    fates: gradient(2),
  },
  SoftmaxCrossEntropyLoss: {
    ...single,
    inputs: [x([3, 2]), int64(0, 1, 1), x([2], 2, { from: 0.5, to: 2 })],
    fifth: 1e3,
    fates: gradient(2),
  },
  OneHot: {
    ...single,
    inputs: [
      { dims: [4], values: [0.25, 1.25, 2.25, 1.25] },
      { dims: [], values: [3.25] },
      x([2], 2),
    ],
    fates: ["constant", "constant", "gradient"],
  },
  PRelu: { ...single, inputs: [{ dims: [3], values: [-1, 1, -2] }, x([1], 2)], fates: gradient(2) },
  Pad: { inputs: [x(square), ints([0, 1, 0, 1]), x([], 2)], fates: gradient(2) },
  Pow: {
    inputs: [x(square, 1, { from: 0.5, to: 2 }), x(square, 2)],
    fifth: 1e4,
    fates: gradient(2),
  },
  Range: {
    inputs: [
      { dims: [], values: [0.5] },
      { dims: [], values: [3] },
      { dims: [], values: [0.75] },
    ],
    fates: ["gradient", "constant", "gradient"],
  },
  Reshape: { inputs: [x(square), ints([4])], fates: gradient() },
  Resize: {
    ...single,
    inputs: [x([1, 1, 2, 2]), x([8], 2), { dims: [4], values: [1, 1, 2, 2] }],
    attributes: { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" },
    fates: ["gradient", "refused", "refused"],
  },
  Upsample: {
    ...single,
    opset: 9,
    inputs: [x([1, 1, 2, 2]), { dims: [4], values: [1, 1, 2, 2] }],
    fates: ["gradient", "refused"],
  },
  ReverseSequence: { inputs: [x([2, 1]), int64(2)], fates: gradient() },
  RotaryEmbedding: {
    ...single,
    opset: 23,
    inputs: [x([1, 1, 2, 2]), x([1, 2, 1], 2), x([1, 2, 1], 3)],
    fates: ["gradient", "refused", "refused"],
  },
  Scatter: {
    opset: 9,
    inputs: [x(square), indices([1, 2], [1, 0]), x([1, 2], 2)],
    fates: ["gradient", "refused"],
  },
  ScatterElements: {
    inputs: [x(square), indices([1, 2], [-1, 0]), x([1, 2], 2)],
    fates: gradient(2),
  },
  ScatterND: { inputs: [x(square), indices([1, 1], [-1]), x([1, 2], 2)], fates: gradient(2) },
  Slice: { inputs: [x(square), ...[1, 2, 0, 1].map((value) => ints([value]))], fates: gradient() },
  SpaceToDepth: { inputs: [x([1, 1, 2, 2])], attributes: { blocksize: 2 }, fates: gradient() },
  Split: { inputs: [x([2, 2]), ints([1, 1])], outputs: 2, fates: gradient() },
  Squeeze: { inputs: [x([2, 1]), ints([-1])], fates: gradient() },
  Tile: { inputs: [x(square), ints([2, 1])], fates: gradient() },
  TopK: {
    ...single,
    inputs: [{ dims: [3], values: [1, 3, 2] }, ints([2])],
    outputs: 2,
    read: [0],
    fates: gradient(),
  },
  Transpose: { inputs: [x([2, 3])], fates: gradient() },
  Trilu: { inputs: [x([3, 3])], fates: gradient() },
  Unsqueeze: { inputs: [x(square), ints([-1])], fates: gradient() },
  Where: { inputs: [bools([2], [true, false]), x(square), x([2], 2)], fates: gradient(2) },
  // Numbers that come out as integers.
  ...drawn(["Bernoulli", "RandomNormalLike", "RandomUniformLike"]),
  Multinomial: { ...drawn(["Multinomial"]).Multinomial, attributes: { sample_size: 2 } },
  NonMaxSuppression: {
    ...single,
    cast: true,
    inputs: [
      x([1, 2, 4]),
      x([1, 1, 2], 2, { from: 0.5, to: 1 }),
      int64(2),
      { dims: [1], values: [0.5] },
      { dims: [1], values: [0.1] },
    ],
    fates: constant(4),
  },
  QuantizeLinear: {
    ...single,
    cast: true,
    inputs: [{ dims: [2], values: [0.6, -0.3] }, { dims: [], values: [2] }, byte([], [3])],
    fates: constant(2),
  },
  QLinearConv: {
    ...single,
    cast: true,
    inputs: [
      byte([1, 1, 2], [3, 3]),
      { dims: [], values: [0.5] },
      byte([], [0]),
      byte([1, 1, 1], [5]),
      { dims: [], values: [0.5] },
      byte([], [0]),
      { dims: [], values: [4] },
      byte([], [0]),
    ],
    fates: constant(3),
  },
  QLinearMatMul: {
    ...single,
    cast: true,
    inputs: [
      byte([1, 2], [3, 4]),
      { dims: [], values: [0.5] },
      byte([], [0]),
      byte([2, 1], [5, 5]),
      { dims: [], values: [0.5] },
      byte([], [0]),
      { dims: [], values: [10] },
      byte([], [0]),
    ],
    fates: constant(3),
  },
  // Without a rule.
  AffineGrid: withoutRule(1, 1),
  CenterCropPad: withoutRule(1, 1),
  Col2Im: withoutRule(1, 2),
  ConcatFromSequence: withoutRule(1),
  DFT: withoutRule(1),
  DeformConv: withoutRule(5),
  DequantizeLinear: { inputs: [byte([2], [3, 4]), x([], 2), byte([], [0])], fates: refused() },
  Det: withoutRule(1),
  DynamicQuantizeLinear: { ...withoutRule(1), outputs: 3, read: [1] },
  GridSample: withoutRule(2),
  MaxRoiPool: withoutRule(2),
  MaxUnpool: withoutRule(1, 1),
  MelWeightMatrix: {
    inputs: [int64(1), int64(1), int64(1), x([], 2), x([], 3)],
    fates: refused(2),
  },
  Mod: withoutRule(2),
  Optional: withoutRule(1),
  OptionalGetElement: withoutRule(1),
  RoiAlign: withoutRule(2, 1),
  STFT: { inputs: [x([1, 4, 1]), int64(1), x([2], 2)], fates: refused(2) },
  SequenceAt: withoutRule(1, 1),
  SequenceConstruct: withoutRule(2),
  SequenceErase: withoutRule(1, 1),
  SequenceInsert: withoutRule(2),
  // It reads a sequence, which is no tensor of floats, and makes a number of it.
  SequenceLength: withoutRule(0),
  SequenceMap: withoutRule(2),
  SplitToSequence: withoutRule(1),
  TensorScatter: withoutRule(2, 1),
  Unique: withoutRule(1),
  ...Object.fromEntries(
    [
      ...[
        "And",
        "BitShift",
        "BitwiseAnd",
        "BitwiseNot",
        "BitwiseOr",
        "BitwiseXor",
        "BlackmanWindow",
      ],
      ...["Constant", "ConstantOfShape", "ConvInteger", "HammingWindow", "HannWindow"],
      ...["ImageDecoder", "MatMulInteger", "Not", "Or", "RandomNormal", "RandomUniform"],
      ...["RegexFullMatch", "SequenceEmpty", "StringConcat", "StringNormalizer", "StringSplit"],
      ...["TfIdfVectorizer", "Xor"],
    ].map((opType) => [opType, "no floats" as const]),
  ),
};

/** A body that multiplies the state by a slice and a tensor around it. */
function scanBody() {
  const builder = new GraphBuilder("body");
  const scaled = builder.op("Mul", ["state", "x2"]);
  const next = builder.op("Mul", [scaled, "slice"]);
  return builder.graph({
    name: "body",
    inputs: [float("state", [2]), float("slice", [2])],
    outputs: [float(next, [2])],
  });
}
