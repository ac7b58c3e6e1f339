import { floatsAttribute, intsAttribute, stringAttribute } from "../../model/attribute.js";
import type { MaybeDim } from "../dims.js";
import { times } from "../dims.js";
import { axisIn, hasInput, inputOf } from "../nodeFacts.js";
import type { Facts, KnownValue, NodeContext, ShapeRule } from "../ShapeRule.js";
import { likeFirst } from "./elementwise.js";

/** `floor(size * scale)`, in float32 as runtimes compute it. */
const scaled = (size: MaybeDim, scale: MaybeDim): MaybeDim => {
  if (typeof scale !== "number") return undefined;
  if (typeof size === "number") return Math.floor(Math.fround(size * Math.fround(scale)));
  return Number.isInteger(scale) ? times(size, scale) : undefined;
};

/** Upsample, and the first Resize: scales alone, as an attribute and later as an input. */
const upsample: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const scales = floatsAttribute(context.node, "scales") ?? inputOf(context, 1).value;
  return [{ dataType, dims: dims?.map((dim, axis) => scaled(dim, scales?.[axis])) }];
};

const resize: ShapeRule = (context) => {
  if (context.opset < 11) return upsample(context);
  const { dataType, dims } = inputOf(context, 0);
  if (dims === undefined) return [{ dataType }];
  const axes = intsAttribute(context.node, "axes") ?? dims.map((_, axis) => axis);
  const sizes = given(context, 3);
  const scales = sizes === undefined ? given(context, 2) : undefined;
  const isStretched =
    stringAttribute(context.node, "keep_aspect_ratio_policy", "stretch") === "stretch";
  const resized = [...dims];
  for (const [i, axis] of axes.entries()) {
    const at = axisIn(axis, dims.length);
    if (at === undefined) return [{ dataType }];
    resized[at] =
      sizes === undefined ? scaled(dims[at], scales?.[i]) : isStretched ? sizes[i] : undefined;
  }
  return [{ dataType, dims: resized }];
};

/** An optional input's elements; undefined where it is left out, or empty as opset 11 writes that. */
function given(context: NodeContext, index: number): KnownValue | undefined {
  if (!hasInput(context, index)) return undefined;
  const { dims, value } = inputOf(context, index);
  return dims?.[0] === 0 ? undefined : (value ?? []);
}

const gridSample: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const { dims: grid } = inputOf(context, 1);
  return [{ dataType, dims: grid && [dims?.[0] ?? grid[0], dims?.[1], ...grid.slice(1, -1)] }];
};

const centerCropPad: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const { value } = inputOf(context, 1);
  const axes = intsAttribute(context.node, "axes") ?? dims?.map((_, axis) => axis);
  const cropped: MaybeDim[] = [...(dims ?? [])];
  axes?.forEach((axis, i) => {
    const at = axisIn(axis, cropped.length);
    if (at !== undefined) cropped[at] = value?.[i];
  });
  const made: Facts["dims"] = dims && cropped;
  return [{ dataType, dims: made }];
};

/** Operators on images. */
export const imageRules: Readonly<Record<string, ShapeRule>> = {
  CenterCropPad: centerCropPad,
  GridSample: gridSample,
  Resize: resize,
  RotaryEmbedding: likeFirst,
  Upsample: upsample,
};
