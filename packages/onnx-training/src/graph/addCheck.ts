import { type GraphBuilder, makeValueInfo, type OnnxModel } from "@dropoutkit/onnx";
import { addUp } from "../addUp.js";

/** Name of the output that is a finite number where all that a step computes for the state is. */
export const CHECK = "training.check";

export interface CheckedTensors {
  readonly gradients: readonly string[];
  /** The running statistics after the step; undefined where none are moved. */
  readonly statistics: string | undefined;
}

/**
 * Adds the mean of the gradients' squares and of the statistics as an output, in place. Squares, since optimizers keep
 * them; they share the node.
 */
export function addCheck(
  { graph }: OnnxModel,
  builder: GraphBuilder,
  { gradients, statistics }: CheckedTensors,
): void {
  // Over one long axis it takes a third of the time of the runtime's reductions.
  const mean = (tensor: string): string =>
    builder.op("GlobalAveragePool", [builder.op("Reshape", [tensor, builder.ints([1, 1, 1, -1])])]);
  const means = gradients.map((gradient) => mean(builder.op("Mul", [gradient, gradient])));
  if (statistics !== undefined) means.push(mean(statistics));
  const sum = addUp(builder, means);
  builder.op("Reshape", [sum, builder.ints([])], { name: CHECK, outputs: [CHECK] });
  graph.output.push(makeValueInfo(CHECK, { type: "float32", dims: [] }));
}
