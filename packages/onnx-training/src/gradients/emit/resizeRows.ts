import {
  DataType,
  makeAttribute,
  makeTensor,
  reduce,
  squeeze,
  stringAttribute,
  unsqueeze,
} from "@dropoutkit/onnx/graph";
import type { GradientContext } from "../GradientRule.js";
import { sizeAt } from "./sizeAt.js";

/** The factors of sizes: numbers, or a tensor that only the run tells. */
export type Scales = readonly number[] | string;

export interface ResizedAxis {
  readonly axis: number;
  /** Where it stands in the node's lists, and how long they are. */
  readonly place: number;
  readonly count: number;
  /** Undefined where the node is given sizes. */
  readonly scales: Scales | undefined;
}

/** Attributes that say something of other axes, or of values that do not depend on the input. */
const LEFT_OUT: readonly string[] = [
  "axes",
  "extrapolation_value",
  "keep_aspect_ratio_policy",
  "scales",
];

/**
 * What a Resize or Upsample does to rows along an axis, `[rows, size]` to `[rows, resized size]`: the node
 * itself, with the rows as an image `[rows, 1, size, 1]`. The runtime copies where no size changes, so the
 * last axis changes where one of the node's does.
 */
export function resizeRows(context: GradientContext, resized: ResizedAxis, rows: string): string {
  const { builder, node } = context;
  const isByAttribute = node.attribute.some(({ name }) => name === "scales");
  const lists = isByAttribute ? [] : listsOf(context, resized);
  const image = builder.op(node.opType, [unsqueeze(context, rows, [1, 3]), ...lists]);
  const { attribute } = builder.nodes[builder.nodes.length - 1];
  attribute.push(...node.attribute.filter(({ name }) => !LEFT_OUT.includes(name)));
  if (isByAttribute) {
    const scale = Number(resized.scales?.[resized.place]);
    attribute.push(makeAttribute("scales", { floats: [1, 1, scale, 2] }));
  }
  const first = builder.op("Gather", [image, builder.scalar("int64", 0)], {
    attributes: { axis: 3 },
  });
  return squeeze(context, first, [1]);
}

/** The inputs of the node for the image: region, scales and sizes. */
function listsOf(context: GradientContext, resized: ResizedAxis): string[] {
  const { builder, node, opset } = context;
  const { axis, place, count, scales } = resized;
  const concat = (parts: readonly string[]): string =>
    builder.op("Concat", parts, { attributes: { axis: 0 } });
  const pick = (list: string, at: number): string =>
    builder.op("Gather", [list, builder.ints([at])]);
  const list = (...values: number[]): string => floats(context, values);
  const [x, region, given] = node.input;
  const crops =
    stringAttribute(node, "coordinate_transformation_mode", "") === "tf_crop_and_resize";
  const roi =
    crops && region
      ? concat([
          list(0, 0),
          pick(region, place),
          list(0, 1, 1),
          pick(region, place + count),
          list(1),
        ])
      : region;
  if (scales === undefined) {
    const size = sizeAt(context, x, axis);
    const resized = sizeAt(context, context.output(0), axis);
    return [roi, given, concat([size, builder.ints([1]), resized, builder.ints([2])])];
  }
  const scale = typeof scales === "string" ? pick(scales, place) : list(scales[place]);
  const scalesOfImage = concat([list(1, 1), scale, lastScale(context)]);
  return opset < 11 ? [scalesOfImage] : [roi, scalesOfImage];
}

/** 2 where a size of the node changes, else 1. */
function lastScale(context: GradientContext): string {
  const { builder, node, info } = context;
  const tensors = [node.input[0], context.output(0)];
  const isKnown = tensors.every((name) =>
    info(name).dims.every((size) => typeof size === "number"),
  );
  if (isKnown) return floats(context, [2]);
  const shapes = tensors.map((name) => builder.op("Shape", [name]));
  const differs = builder.op("Not", [builder.op("Equal", shapes)]);
  const ones = builder.op("Cast", [differs], { attributes: { to: DataType.FLOAT } });
  const any = reduce(context, "ReduceMax", { tensor: ones, axes: [0] });
  return builder.op("Add", [any, floats(context, [1])]);
}

const floats = ({ builder }: GradientContext, values: readonly number[]): string =>
  builder.constant(
    makeTensor({
      name: builder.uniqueName("floats"),
      type: "float32",
      dims: [values.length],
      data: Float32Array.from(values),
    }),
  );
