import type { EmitContext } from "../EmitContext.js";
import { filledLike } from "./filledLike.js";
import { reshapeLike } from "./reshapeLike.js";
import { floatTypeOf } from "./scalarLike.js";

export interface ScatterOptions {
  /** A tensor of the forward graph, whose shape the result has. */
  readonly like: string;
  /** Places in it, counted over all its entries, in the shape of `values`. */
  readonly positions: string;
  readonly values: string;
}

/**
 * Zeros with values put in their places; those of one place add up. Not by ScatterND, whose threads
 * write to one place at once in the runtime. Before opset 16 nothing adds in places: there the values
 * are sorted by place and summed up, and a place has the difference of two sums, in float64.
 */
export function scatterSum(
  context: EmitContext,
  { like, positions, values }: ScatterOptions,
): string {
  const { builder, opset } = context;
  const flat = (tensor: string): string => builder.op("Reshape", [tensor, builder.ints([-1])]);
  const zeros = flat(filledLike(context, like, 0));
  const [places, entries] = [flat(positions), flat(values)];
  const scattered =
    opset >= 16
      ? builder.op("ScatterElements", [zeros, places, entries], {
          attributes: { reduction: "add" },
        })
      : builder.op("ScatterElements", [zeros, ...sumRuns(context, { like, places, entries })]);
  return reshapeLike(context, scattered, like);
}

/** `scatterSum` of values no two of which have one place. */
export function scatter(context: EmitContext, { like, positions, values }: ScatterOptions): string {
  const { builder } = context;
  const flat = (tensor: string): string => builder.op("Reshape", [tensor, builder.ints([-1])]);
  const zeros = flat(filledLike(context, like, 0));
  const scattered = builder.op("ScatterElements", [zeros, flat(positions), flat(values)]);
  return reshapeLike(context, scattered, like);
}

interface Runs {
  readonly like: string;
  readonly places: string;
  readonly entries: string;
}

const FLOAT64 = 11;

/** The places without repetition, and the sum of the entries of each. */
function sumRuns(context: EmitContext, { like, places, entries }: Runs): readonly [string, string] {
  const { builder } = context;
  const count = builder.op("Shape", [places]);
  const outputs = ["sorted", "order"].map((hint) => builder.uniqueName(hint));
  const [sorted, order] = builder.ops("TopK", [places, count], {
    attributes: { largest: 0 },
    outputs,
  });
  const inOrder = builder.op("Gather", [entries, order]);
  const wide = builder.op("Cast", [inOrder], { attributes: { to: FLOAT64 } });
  const sums = builder.op("CumSum", [wide, builder.scalar("int64", 0)]);
  const range = (from: number, to: number): readonly string[] =>
    [from, to, 0].map((value) => builder.ints([value]));
  const next = builder.op(
    "Concat",
    [builder.op("Slice", [sorted, ...range(1, Number.MAX_SAFE_INTEGER)]), builder.ints([-1])],
    { attributes: { axis: 0 } },
  );
  // A tensor without entries has no last place to compare with.
  const following = builder.op("Slice", [next, builder.ints([0]), count]);
  const isLast = builder.op("Not", [builder.op("Equal", [sorted, following])]);
  const compress = (tensor: string): string =>
    builder.op("Compress", [tensor, isLast], { attributes: { axis: 0 } });
  const ends = compress(sums);
  const before = builder.op("Pad", [ends, builder.ints([1, -1])]);
  const runs = builder.op("Sub", [ends, before]);
  const to = floatTypeOf(context, like) === "float32" ? 1 : FLOAT64;
  return [compress(sorted), builder.op("Cast", [runs], { attributes: { to } })];
}
