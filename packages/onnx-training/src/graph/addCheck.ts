import { type GraphBuilder, makeValueInfo, type OnnxModel } from "@dropoutkit/onnx";
import { addUp } from "../addUp.js";
import { sumOfSquares } from "./sumOfSquares.js";

/** Name of the output that is a finite number where all that a step computes for the state is. */
export const CHECK = "training.check";

export interface CheckedTensors {
  readonly gradients: readonly string[];
  /** The running statistics after the step; undefined where none are moved. */
  readonly statistics: string | undefined;
}

/**
 * Adds the sum of the gradients' squares and of the statistics as an output, in place. Squares, since
 * optimizers keep them, and clipping by norm has them already.
 */
export function addCheck(
  { graph }: OnnxModel,
  builder: GraphBuilder,
  { gradients, statistics }: CheckedTensors,
): void {
  const sums = [sumOfSquares(builder, gradients)];
  if (statistics !== undefined) {
    sums.push(builder.op("ReduceSum", [statistics], { attributes: { keepdims: 0 } }));
  }
  builder.op("Identity", [addUp(builder, sums)], { name: CHECK, outputs: [CHECK] });
  graph.output.push(makeValueInfo(CHECK, { type: "float32", dims: [] }));
}
