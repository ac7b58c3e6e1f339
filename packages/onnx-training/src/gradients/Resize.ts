import {
  floatsAttribute,
  intAttribute,
  intsAttribute,
  nodeLabel,
  stringAttribute,
} from "@dropoutkit/onnx/graph";
import { filledLike } from "./emit/filledLike.js";
import { identityMatrix } from "./emit/identityMatrix.js";
import { resizeByEntries } from "./emit/resizeByEntries.js";
import { type ResizedAxis, resizeRows, type Scales } from "./emit/resizeRows.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/**
 * Y = X interpolated along axes, along each a product with a matrix; so dX is the product of dY with their
 * transposes. Resize, and Upsample before it.
 */
export const Resize: GradientRule = (context) => {
  const { node, info } = context;
  const [x] = node.input;
  const { dims } = info(x);
  const sizes = info(context.output(0)).dims;
  const dy = outputGradient(context);
  if ([...dims, ...sizes].includes(0)) return [filledLike(context, x, 0)];
  // Then the runtime copies, whatever the scales are.
  if (dims.every((size, axis) => size === sizes[axis])) return [dy];
  const resize = (gradient: string, resized: ResizedAxis): string => {
    const { axis } = resized;
    if (isLong(context, resized)) return resizeByEntries(context, resized, gradient);
    const matrix = resizeRows(context, resized, identityMatrix(context, x, axis));
    return multiply(context, { gradient, matrix, axis });
  };
  return [resizedAxes(context).reduce(resize, dy)];
};

/** Entries of a matrix, 16 MB: with larger ones, entry by entry is faster too, and takes memory of the size of the axis. */
const LARGEST = 2 ** 22;

/** Whether an axis is too long for a matrix. Scattering adds since opset 16; antialiasing reads any number of entries. */
function isLong({ node, info, opset, output }: GradientContext, { axis }: ResizedAxis): boolean {
  const [size, resized] = [node.input[0], output(0)].map((tensor) => info(tensor).dims[axis]);
  return (
    opset >= 16 &&
    intAttribute(node, "antialias", 0) === 0 &&
    typeof size === "number" &&
    typeof resized === "number" &&
    size * resized > LARGEST
  );
}

/** The axes that the node resizes, without those that are known to stay as they are. */
function resizedAxes(context: GradientContext): ResizedAxis[] {
  const { node, info } = context;
  const { dims } = info(node.input[0]);
  const sizes = info(context.output(0)).dims;
  const axes = intsAttribute(node, "axes") ?? dims.map((_, axis) => axis);
  const scales = scalesOf(context);
  return axes.flatMap((at, place) => {
    const axis = at < 0 ? at + dims.length : at;
    const isKept = scales === undefined ? dims[axis] === sizes[axis] : scales[place] === 1;
    return isKept ? [] : [{ axis, place, count: axes.length, scales }];
  });
}

/** The factors of the sizes, as numbers or as a tensor; undefined where the node is given sizes. */
function scalesOf({ node, opset, constant }: GradientContext): Scales | undefined {
  if (node.input[3]) {
    // A policy gives all axes one factor, which is not the quotient of their sizes.
    const policy = stringAttribute(node, "keep_aspect_ratio_policy", "stretch");
    if (policy === "stretch") return undefined;
    throw new Error(
      `gradient: ${nodeLabel(node)} must have the keep_aspect_ratio_policy stretch, got ${policy}`,
    );
  }
  const attribute = floatsAttribute(node, "scales");
  if (attribute !== undefined) return attribute;
  const tensor = node.input[opset < 11 ? 1 : 2];
  return constant(tensor) ?? tensor;
}

interface ProductOptions {
  readonly gradient: string;
  /** `[size, size of the gradient]` */
  readonly matrix: string;
  readonly axis: number;
}

/** The products of a matrix with what lies along an axis. */
function multiply(context: GradientContext, { gradient, matrix, axis }: ProductOptions): string {
  const { builder, node, info } = context;
  const last = info(node.input[0]).dims.length - 1;
  if (axis === last - 1) return builder.op("MatMul", [matrix, gradient]);
  const perm = Array.from({ length: last + 1 }, (_, at) => at);
  [perm[axis], perm[last]] = [last, axis];
  const turned = (tensor: string): string =>
    axis === last ? tensor : builder.op("Transpose", [tensor], { attributes: { perm } });
  const transposed = builder.op("Transpose", [matrix], { attributes: { perm: [1, 0] } });
  return turned(builder.op("MatMul", [turned(gradient), transposed]));
}
