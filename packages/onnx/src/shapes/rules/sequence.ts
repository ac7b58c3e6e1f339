import { intAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import type { MaybeDim } from "../dims.js";
import { axisIn, hasInput, inputOf } from "../nodeFacts.js";
import { type Facts, type NodeContext, type ShapeRule, unknown } from "../ShapeRule.js";

const length: ShapeRule = () => [{ dataType: DataType.INT64, dims: [] }];

const isThere: ShapeRule = () => [{ dataType: DataType.BOOL, dims: [] }];

/** A sequence or an optional of tensors of which so much is known. */
const holding = (element: Facts): Facts => ({ ...unknown, element });

/** What is known of either of two tensors. */
function either(a: Facts, b: Facts): Facts {
  const dataType = a.dataType === b.dataType ? a.dataType : DataType.UNDEFINED;
  if (a.dims === undefined || a.dims.length !== b.dims?.length) return { dataType };
  const others = b.dims;
  return { dataType, dims: a.dims.map((dim, axis) => (dim === others[axis] ? dim : undefined)) };
}

const construct: ShapeRule = ({ inputs: [first = unknown, ...others] }) => [
  holding(others.reduce(either, first)),
];

const empty: ShapeRule = ({ node }) => [
  holding({ dataType: intAttribute(node, "dtype", DataType.FLOAT) }),
];

const at: ShapeRule = (context) => [inputOf(context, 0).element ?? unknown];

/** An empty sequence has the type of what goes in. */
const insert: ShapeRule = (context) => {
  const [{ element }, tensor] = [inputOf(context, 0), inputOf(context, 1)];
  if (element === undefined) return [unknown];
  return [
    holding(element.dims === undefined ? { dataType: element.dataType } : either(element, tensor)),
  ];
};

const same: ShapeRule = (context) => [inputOf(context, 0)];

const splitToSequence: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const axis = dims && axisIn(intAttribute(context.node, "axis", 0), dims.length);
  if (dims === undefined || axis === undefined) return [holding({ dataType })];
  const isSplit = hasInput(context, 1);
  // Without sizes each piece is one entry of the axis, which goes where keepdims says so.
  if (!isSplit && intAttribute(context.node, "keepdims", 1) === 0) {
    return [holding({ dataType, dims: dims.filter((_, i) => i !== axis) })];
  }
  const size = isSplit ? pieceSize(context, dims[axis]) : 1;
  return [holding({ dataType, dims: dims.map((dim, i) => (i === axis ? size : dim)) })];
};

/** The size of all pieces; undefined where they differ, or it is not known. */
function pieceSize(context: NodeContext, whole: MaybeDim): MaybeDim {
  const { dims, value } = inputOf(context, 1);
  if (value === undefined || dims === undefined) return undefined;
  const [size, ...others] = value;
  if (dims.length > 0) return others.every((other) => other === size) ? size : undefined;
  // Of one size for all, the last piece has what is left.
  const isExact = typeof whole === "number" && typeof size === "number" && whole % size === 0;
  return isExact ? size : undefined;
}

/** How many tensors there are is known when the model runs. */
const concat: ShapeRule = (context) => {
  const { element } = inputOf(context, 0);
  if (element?.dims === undefined) return [{ dataType: element?.dataType ?? DataType.UNDEFINED }];
  const { dataType, dims } = element;
  const isNew = intAttribute(context.node, "new_axis", 0) === 1;
  const axis = axisIn(intAttribute(context.node, "axis", 0), dims.length + Number(isNew));
  if (axis === undefined) return [{ dataType }];
  const before = dims.slice(0, axis);
  return [{ dataType, dims: [...before, undefined, ...dims.slice(isNew ? axis : axis + 1)] }];
};

/** Runs its graph on one tensor of each sequence. */
const map: ShapeRule = ({ node, inputs, body }) => {
  const outputs = body(
    "body",
    inputs.map((input) => input.element ?? input),
  );
  return node.output.map((_, i) => holding(outputs[i] ?? unknown));
};

const optional: ShapeRule = ({ inputs: [given] }) => [given ? holding(given) : unknown];

/** A tensor that is given is itself. */
const getElement: ShapeRule = (context) => {
  const given = inputOf(context, 0);
  return [given.element ?? given];
};

/** Operators on sequences and optionals. */
export const sequenceRules: Readonly<Record<string, ShapeRule>> = {
  ConcatFromSequence: concat,
  Optional: optional,
  OptionalGetElement: getElement,
  OptionalHasElement: isThere,
  SequenceAt: at,
  SequenceConstruct: construct,
  SequenceEmpty: empty,
  SequenceErase: same,
  SequenceInsert: insert,
  SequenceLength: length,
  SequenceMap: map,
  SplitToSequence: splitToSequence,
};
