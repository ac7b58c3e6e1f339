import type { OnnxModel } from "@dropoutkit/onnx";
import { type GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { addUp } from "../backward/addUp.js";

/** Name of the output that is a finite number where all that a step computes for the state is. */
export const CHECK = "training.check";

export interface CheckedTensors {
  readonly gradients: readonly string[];
  /** The running statistics after the step; undefined where none are moved. */
  readonly statistics: string | undefined;
}

/** Name of the output that is a finite number only where the state after an update is. */
export const UPDATE_CHECK = "training.update.check";

/**
 * Adds the mean of the gradients' squares and of the statistics as an output, in place. Squares, since optimizers keep
 * them; they share the node.
 */
export function addCheck(
  { graph }: OnnxModel,
  builder: GraphBuilder,
  { gradients, statistics }: CheckedTensors,
): void {
  const squares = gradients.map((gradient) => builder.op("Mul", [gradient, gradient]));
  const checked = statistics === undefined ? squares : [...squares, statistics];
  addMean(graph, builder, { output: CHECK, tensors: checked });
}

/**
 * Adds the mean of what an update makes, in place. Where an entry is not finite, the mean is not; of finite ones it can
 * be too large for a number, so who reads it must look at the entries then.
 */
export const addUpdateCheck = (
  { graph }: OnnxModel,
  builder: GraphBuilder,
  tensors: readonly string[],
): void => addMean(graph, builder, { output: UPDATE_CHECK, tensors });

function addMean(
  graph: OnnxModel["graph"],
  builder: GraphBuilder,
  { output, tensors }: { readonly output: string; readonly tensors: readonly string[] },
): void {
  // Over one long axis it takes a third of the time of the runtime's reductions.
  const means = tensors.map((tensor) =>
    builder.op("GlobalAveragePool", [builder.op("Reshape", [tensor, builder.ints([1, 1, 1, -1])])]),
  );
  const sum = addUp(builder, means);
  builder.op("Reshape", [sum, builder.ints([])], { name: output, outputs: [output] });
  graph.output.push(makeValueInfo(output, { type: "float32", dims: [] }));
}
