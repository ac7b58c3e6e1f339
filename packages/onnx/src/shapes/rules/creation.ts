import { intAttribute, intsAttribute, tensorAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { ceilDivide, floorDivide, larger, type MaybeDim, minus, plus } from "../dims.js";
import { axisIn, hasInput, inputOf, numbersOf } from "../nodeFacts.js";
import type { Facts, KnownValue, ShapeRule } from "../ShapeRule.js";
import { elementsIn, LONGEST_VALUE, tensorFacts } from "../values.js";

/** The sizes of a tensor, or since opset 15 of a part of its axes. */
const shape: ShapeRule = (context) => {
  const { dims } = inputOf(context, 0);
  const dataType = DataType.INT64;
  if (dims === undefined) return [{ dataType, dims: [undefined] }];
  const part = dims.slice(
    intAttribute(context.node, "start", 0),
    intAttribute(context.node, "end", dims.length),
  );
  return [{ dataType, dims: [part.length], value: part }];
};

const filled = (dims: KnownValue | undefined, item: MaybeDim): KnownValue | undefined => {
  const [length = 1] = dims ?? [undefined];
  if (dims === undefined || dims.length > 1 || typeof length !== "number") return undefined;
  return length <= LONGEST_VALUE
    ? Array.from({ length: dims.length === 0 ? 1 : length }, () => item)
    : undefined;
};

const constantOfShape: ShapeRule = (context) => {
  const dims = elementsIn(inputOf(context, 0));
  const given = tensorAttribute(context.node, "value");
  const item = given === undefined ? 0 : tensorFacts(given).value?.[0];
  return [{ dataType: given?.dataType ?? DataType.FLOAT, dims, value: filled(dims, item) }];
};

const range: ShapeRule = (context) => {
  const { dataType } = inputOf(context, 0);
  const [start, limit, delta] = [0, 1, 2].map((index) => inputOf(context, index).value?.[0]);
  const isWhole = dataType === DataType.INT64 || dataType === DataType.INT32;
  if (typeof delta !== "number" || delta === 0) return [{ dataType, dims: [undefined] }];
  const ends = [start, limit].every((end) => typeof end === "number");
  if (!isWhole && !ends) return [{ dataType, dims: [undefined] }];
  const room = delta > 0 ? minus(limit, start) : minus(start, limit);
  const count = larger(ceilDivide(room, Math.abs(delta)), 0);
  const isListed = typeof count === "number" && typeof start === "number" && count <= LONGEST_VALUE;
  const value = isListed ? Array.from({ length: count }, (_, i) => start + i * delta) : undefined;
  return [{ dataType, dims: [count], value }];
};

/** The type that a node names, else that of its input. */
const typed = (context: Parameters<ShapeRule>[0], otherwise: number): number =>
  intAttribute(context.node, "dtype", otherwise);

const like: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  return [{ dataType: typed(context, dataType), dims }];
};

const random: ShapeRule = (context) => [
  { dataType: typed(context, DataType.FLOAT), dims: intsAttribute(context.node, "shape") },
];

const multinomial: ShapeRule = (context) => [
  {
    dataType: typed(context, DataType.INT32),
    dims: [inputOf(context, 0).dims?.[0], intAttribute(context.node, "sample_size", 1)],
  },
];

const windowFunction: ShapeRule = (context) => [
  {
    dataType: intAttribute(context.node, "output_datatype", DataType.FLOAT),
    dims: [inputOf(context, 0).value?.[0]],
  },
];

const melWeightMatrix: ShapeRule = (context) => {
  const length = numbersOf(inputOf(context, 1).value)?.[0];
  const bins = length === undefined ? undefined : Math.floor(length / 2) + 1;
  const dims = [bins, inputOf(context, 0).value?.[0]];
  return [{ dataType: intAttribute(context.node, "output_datatype", DataType.FLOAT), dims }];
};

const affineGrid: ShapeRule = (context) => {
  const size = elementsIn(inputOf(context, 1));
  const dims: Facts["dims"] = size && [size[0], ...size.slice(2), size.length - 2];
  return [{ dataType: inputOf(context, 0).dataType, dims }];
};

/** Values along a last axis of real and imaginary parts; of real input half of them may be left out. */
const dft: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  if (dims === undefined) return [{ dataType }];
  const isInput = context.opset >= 20;
  const axis = isInput
    ? hasInput(context, 2)
      ? inputOf(context, 2).value?.[0]
      : -2
    : intAttribute(context.node, "axis", 1);
  const isOneSided = intAttribute(context.node, "onesided", 0) === 1;
  const isInverse = intAttribute(context.node, "inverse", 0) === 1;
  const at = axisIn(axis, dims.length);
  const lengths = dims.slice(0, -1).map((dim, i) => {
    if (at !== undefined && i !== at) return dim;
    const count = hasInput(context, 1) ? inputOf(context, 1).value?.[0] : dim;
    if (at === undefined || (isInverse && isOneSided)) return undefined;
    return isOneSided ? half(count) : count;
  });
  return [{ dataType, dims: [...lengths, isInverse && isOneSided ? undefined : 2] }];
};

/** Frequencies of real values, of which the others follow. */
const half = (length: MaybeDim): MaybeDim => plus(floorDivide(length, 2), 1);

/** The frequencies of each frame of a signal `[batch, length, parts]`. */
const stft: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const step = inputOf(context, 1).value?.[0];
  const frame = hasInput(context, 3)
    ? inputOf(context, 3).value?.[0]
    : inputOf(context, 2).dims?.[0];
  const isPositive = typeof step === "number" && step > 0;
  const frames = isPositive ? plus(floorDivide(minus(dims?.[1], frame), step), 1) : undefined;
  const isOneSided = intAttribute(context.node, "onesided", 1) === 1;
  return [{ dataType, dims: [dims?.[0], frames, isOneSided ? half(frame) : frame, 2] }];
};

/** Operators that make tensors of given sizes, or that read sizes. */
export const creationRules: Readonly<Record<string, ShapeRule>> = {
  AffineGrid: affineGrid,
  Bernoulli: like,
  BlackmanWindow: windowFunction,
  ConstantOfShape: constantOfShape,
  DFT: dft,
  EyeLike: like,
  HammingWindow: windowFunction,
  HannWindow: windowFunction,
  MelWeightMatrix: melWeightMatrix,
  Multinomial: multinomial,
  RandomNormal: random,
  RandomNormalLike: like,
  RandomUniform: random,
  RandomUniformLike: like,
  Range: range,
  STFT: stft,
  Shape: shape,
};
