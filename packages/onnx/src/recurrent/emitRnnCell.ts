import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { activate, type CellStep } from "./CellStep.js";
import { emitGateLinear } from "./directionWeights.js";

/**
 * One timestep of ONNX's RNN.
 * @see Elman 1990, "Finding Structure in Time", Cognitive Science 14(2).
 */
export function emitRnnCell(body: GraphBuilder, step: CellStep): readonly string[] {
  const { weights, projected, reads } = step;
  const linear = emitGateLinear(body, reads, { kernels: weights.recurrentKernels, axis: 1 });
  return [activate(body, body.op("Add", [projected, linear]), { step, index: 0 })];
}
