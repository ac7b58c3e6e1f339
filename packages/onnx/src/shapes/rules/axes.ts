import { intAttribute, intsAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import {
  broadcastDims,
  type MaybeDim,
  minus,
  plus,
  productOf,
  remainingOf,
  times,
} from "../dims.js";
import {
  axesIn,
  axisIn,
  axisOf,
  hasInput,
  inputOf,
  listOf,
  numbersOf,
  unknownDims,
} from "../nodeFacts.js";
import {
  type Facts,
  type KnownValue,
  type NodeContext,
  type ShapeRule,
  unknown,
} from "../ShapeRule.js";
import { elementsIn, LONGEST_VALUE } from "../values.js";

const flatten: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  if (dims === undefined) return [{ dataType, dims: [undefined, undefined] }];
  const axis = intAttribute(context.node, "axis", 1);
  const at = axis < 0 ? axis + dims.length : axis;
  return [{ dataType, dims: [productOf(dims.slice(0, at)), productOf(dims.slice(at))] }];
};

const reshape: ShapeRule = (context) => {
  const { dataType, dims: from, value, rows } = inputOf(context, 0);
  // Until opset 4 the sizes were an attribute.
  const sizes = intsAttribute(context.node, "shape") ?? elementsIn(inputOf(context, 1));
  if (sizes === undefined) return [{ dataType }];
  const copies = intAttribute(context.node, "allowzero", 0) === 0;
  const dims = sizes.map((size, axis) => (size === 0 && copies ? from?.[axis] : size));
  const free = sizes.indexOf(-1);
  if (free >= 0) {
    const others = dims.filter((_, axis) => axis !== free);
    dims[free] = from && remainingOf(from, others);
  }
  const made = freeSize(from, dims);
  const elements = value ?? rows?.flat();
  return [{ dataType, dims: made, value: elements, rows: rowsOf(elements, made) }];
};

/** Elements in row-major order as those of a matrix. */
function rowsOf(
  elements: KnownValue | undefined,
  [count, size, ...others]: readonly MaybeDim[],
): readonly KnownValue[] | undefined {
  if (typeof count !== "number" || typeof size !== "number" || others.length > 0) return undefined;
  if (elements?.length !== count * size) return undefined;
  return Array.from({ length: count }, (_, row) => elements.slice(row * size, (row + 1) * size));
}

/** One size that is not known follows from the number of entries, where it divides exactly. */
function freeSize(from: Facts["dims"], dims: readonly MaybeDim[]): readonly MaybeDim[] {
  const free = dims.indexOf(undefined);
  const others = dims.filter((_, axis) => axis !== free);
  if (from === undefined || free < 0 || others.includes(undefined)) return dims;
  const size = remainingOf(from, others);
  const isExact = productOf([...others, size]) === productOf(from);
  return isExact ? dims.map((dim, axis) => (axis === free ? size : dim)) : dims;
}

const transpose: ShapeRule = (context) => {
  const { dataType, dims, rows } = inputOf(context, 0);
  const order =
    intsAttribute(context.node, "perm") ?? dims?.map((_, axis) => dims.length - 1 - axis);
  const isTurned = order?.length === 2 && order[0] === 1;
  const columns = rows?.[0]?.map((_, column) => rows.map((row) => row[column]));
  return [
    {
      dataType,
      dims: order?.map((axis) => dims?.[axis]),
      rows: isTurned ? columns : rows,
    },
  ];
};

const squeeze: ShapeRule = (context) => {
  const { dataType, dims, value } = inputOf(context, 0);
  const axes = listOf(context, "axes", 1);
  if (dims === undefined || axes === undefined) return [{ dataType }];
  if (axes === "none" || axes.length === 0) {
    // Which axes go is known where all sizes are numbers.
    const isKnown = dims.every((dim) => typeof dim === "number");
    return [{ dataType, dims: isKnown ? dims.filter((dim) => dim !== 1) : undefined, value }];
  }
  const taken = axesIn(axes, dims.length);
  return [{ dataType, dims: taken && dims.filter((_, axis) => !taken.has(axis)), value }];
};

const unsqueeze: ShapeRule = (context) => {
  const { dataType, dims, value } = inputOf(context, 0);
  const axes = listOf(context, "axes", 1);
  if (dims === undefined || axes === undefined || axes === "none") return [{ dataType }];
  const put = axesIn(axes, dims.length + axes.length);
  if (put?.size !== axes.length) return [{ dataType }];
  const rest = [...dims];
  const made = Array.from({ length: dims.length + axes.length }, (_, axis) =>
    put.has(axis) ? 1 : rest.shift(),
  );
  return [{ dataType, dims: made, value }];
};

const expand: ShapeRule = (context) => {
  const { dataType, dims, value } = inputOf(context, 0);
  const sizes = elementsIn(inputOf(context, 1));
  const made = broadcastDims(dims, sizes);
  const [length] = made ?? [];
  const isFilled = value?.length === 1 && made?.length === 1 && Number(length) <= LONGEST_VALUE;
  return [
    {
      dataType,
      dims: made,
      value: isFilled ? Array.from({ length: Number(length) }, () => value[0]) : value,
    },
  ];
};

const tile: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const { value } = inputOf(context, 1);
  return [{ dataType, dims: dims?.map((dim, axis) => times(dim, value?.[axis])) }];
};

const concat: ShapeRule = (context) => {
  const { inputs } = context;
  const dataType = inputs.find((input) => input.dataType !== DataType.UNDEFINED)?.dataType ?? 0;
  const ranked = inputs.find(({ dims }) => dims !== undefined)?.dims;
  // Axis 1 was the default of the first version.
  const axis = ranked && axisOf(context, ranked.length, 1);
  if (ranked === undefined || axis === undefined) return [{ dataType }];
  const dims = ranked.map((_, at) => {
    const sizes = inputs.map((input) => input.dims?.[at]);
    return at === axis ? sizes.reduce(plus) : known(sizes);
  });
  return [{ dataType, dims, value: joined(inputs) }];
};

/** The best that is known of sizes that are equal. */
export const known = (sizes: readonly MaybeDim[]): MaybeDim =>
  sizes.find((size) => typeof size === "number") ?? sizes.find((size) => size !== undefined);

function joined(inputs: readonly Facts[]): KnownValue | undefined {
  const lists = inputs.map((input) => (input.dims?.length === 1 ? elementsIn(input) : undefined));
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

const split: ShapeRule = (context) => {
  const { dataType, dims, value } = inputOf(context, 0);
  const { output } = context.node;
  const axis = dims && axisOf(context, dims.length, 0);
  if (dims === undefined || axis === undefined) return output.map(() => ({ dataType }));
  const sizes = splitSizes(context, dims[axis]);
  const ends = numbersOf(sizes);
  let at = 0;
  return output.map((_, i): Facts => {
    const from = at;
    at += ends?.[i] ?? 0;
    return {
      dataType,
      dims: dims.map((dim, other) => (other === axis ? sizes?.[i] : dim)),
      value: ends && value?.slice(from, at),
    };
  });
};

/** Sizes of a Split's outputs: as given, or equal ones, of which the last may be smaller. */
function splitSizes(context: NodeContext, size: MaybeDim): KnownValue | undefined {
  const given = listOf(context, "split", 1);
  if (given !== "none") return given;
  const count = intAttribute(context.node, "num_outputs", context.node.output.length);
  const part = typeof size === "number" ? Math.ceil(size / count) : undefined;
  const last = minus(size, times(part, count - 1));
  return context.node.output.map((_, i) => (i === count - 1 ? last : part));
}

/** Pads are starts and then ends, of all axes or since opset 18 of some; the others keep their size. */
const pad: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  if (dims === undefined) return [{ dataType }];
  const given = listOf(context, "pads", 1);
  const pads = given === "none" ? undefined : given;
  const axes = hasInput(context, 3) ? elementsIn(inputOf(context, 3)) : dims.map((_, axis) => axis);
  if (axes === undefined) return [{ dataType, dims: unknownDims(dims.length) }];
  const padded: MaybeDim[] = [...dims];
  for (const [i, axis] of axes.entries()) {
    const at = axisIn(axis, dims.length);
    if (at === undefined) return [{ dataType, dims: unknownDims(dims.length) }];
    padded[at] = plus(plus(dims[at], pads?.[i]), pads?.[i + axes.length]);
  }
  return [{ dataType, dims: padded }];
};

const depthToSpace: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const block = intAttribute(context.node, "blocksize", 1);
  if (dims?.length !== 4) return [unknown];
  const [batch, channels, height, width] = dims;
  const depth = remainingOf([channels], [block * block]);
  return [{ dataType, dims: [batch, depth, times(height, block), times(width, block)] }];
};

const spaceToDepth: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const block = intAttribute(context.node, "blocksize", 1);
  if (dims?.length !== 4) return [unknown];
  const [batch, channels, height, width] = dims;
  const space = [remainingOf([height], [block]), remainingOf([width], [block])];
  return [{ dataType, dims: [batch, times(channels, block * block), ...space] }];
};

/** Operators that order, cut and join the axes of tensors. */
export const axesRules: Readonly<Record<string, ShapeRule>> = {
  Concat: concat,
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
