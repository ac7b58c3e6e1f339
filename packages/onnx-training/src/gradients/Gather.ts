import { DataType, intAttribute, makeTensor, nodeLabel } from "@dropoutkit/onnx/graph";
import { tooOld } from "../backward/tooOld.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";
import { gradientOfRepeated } from "./movedEntries.js";

/** Y = slices of X along an axis, named by indices, which may repeat. */
export const Gather: GradientRule = (context) => [
  context.opset >= 11 ? gradientOfRepeated(context) : byProduct(context),
];

/** Before Range came: dX = (index = row) dY, a matrix product over the indices. */
function byProduct(context: GradientContext): string {
  const { builder, node, info } = context;
  const [x, indices] = node.input;
  const { dims } = info(x);
  const named = intAttribute(node, "axis", 0);
  const axis = named < 0 ? named + dims.length : named;
  const size = dims[axis];
  if (typeof size !== "number" || !dims.slice(axis + 1).every((dim) => typeof dim === "number")) {
    throw tooOld(
      `gradient: ${nodeLabel(node)} must have known sizes from axis ${axis} on before opset 11, got [${dims.join(", ")}]`,
    );
  }
  const inner = dims.slice(axis + 1).reduce<number>((product, dim) => product * Number(dim), 1);
  // The runtime counts from the end too, in all versions.
  const numbers = [0, size].map((less) =>
    builder.constant(
      makeTensor({
        name: builder.uniqueName("rows"),
        type: "int64",
        dims: [size, 1],
        data: BigInt64Array.from({ length: size }, (_, row) => BigInt(row - less)),
      }),
    ),
  );
  const wide = builder.op("Cast", [indices], { attributes: { to: DataType.INT64 } });
  const flat = builder.op("Reshape", [wide, builder.ints([1, -1])]);
  const hits = numbers.map((rows) => builder.op("Equal", [rows, flat]));
  const isRow = builder.op("Cast", [builder.op("Or", hits)], {
    attributes: { to: info(x).dataType },
  });
  const count = builder.op(
    "Concat",
    [
      builder.ints([-1]),
      builder.op("Reshape", [builder.op("Size", [indices]), builder.ints([1])]),
      builder.ints([inner]),
    ],
    { attributes: { axis: 0 } },
  );
  const slices = builder.op("Reshape", [outputGradient(context), count]);
  return reshapeLike(context, builder.op("MatMul", [isRow, slices]), x);
}
