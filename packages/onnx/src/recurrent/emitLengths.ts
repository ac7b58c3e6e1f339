import type { GraphBuilder } from "../GraphBuilder.js";
import { DataType } from "../schema.js";
import { makeTensor } from "../tensor.js";
import type { RecurrentLayer } from "./RecurrentLayer.js";
import { emitUnsqueeze } from "./versionedOps.js";

/** What the lengths of a batch's sequences say. */
export interface Lengths {
  /** Boolean `[time, batch, 1]`: true where a timestep is within the example's length. */
  readonly active: string;
  /** Boolean `[batch, 1]`: true where an example has a timestep at all. */
  readonly some: string;
}

/** Writes the comparison of timesteps with lengths; undefined where a layer has none. `x` is `[time, ...]`. */
export function emitLengths(
  builder: GraphBuilder,
  { opset, inputs }: RecurrentLayer,
  x: string,
): Lengths | undefined {
  if (inputs.lengths === "") return undefined;
  const lengths = emitUnsqueeze(builder, inputs.lengths, { opset, axis: 1 });
  const some = builder.op("Less", [builder.scalar("int32", 0), lengths]);
  const time = builder.op("Gather", [builder.op("Shape", [x]), builder.ints([0])]);
  // Range would say it in one node, but came with opset 11.
  const one = makeTensor({ name: "", type: "int64", dims: [1], data: BigInt64Array.of(1n) });
  const ones = builder.op("ConstantOfShape", [time], { attributes: { value: one } });
  const steps = builder.op("Reshape", [builder.op("NonZero", [ones]), builder.ints([-1, 1, 1])]);
  const counted = builder.op("Cast", [steps], { attributes: { to: DataType.INT32 } });
  return { active: builder.op("Less", [counted, lengths]), some };
}
