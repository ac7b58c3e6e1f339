import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { activate, type CellStep, splitGates } from "./CellStep.js";
import { emitGateLinear } from "./directionWeights.js";

/**
 * One timestep of ONNX's LSTM; its gates are input, output, forget, cell.
 * @see Hochreiter and Schmidhuber 1997, "Long Short-Term Memory", Neural Computation 9(8); peepholes: Gers
 * and Schmidhuber 2000, "Recurrent Nets that Time and Count", IJCNN.
 */
export function emitLstmCell(body: GraphBuilder, step: CellStep): readonly string[] {
  const { layer, weights, projected, reads, previous } = step;
  const [, c] = previous;
  const linear = emitGateLinear(body, reads, { kernels: weights.recurrentKernels, axis: 1 });
  const z = body.op("Add", [projected, linear]);
  const [zInput, zOutput, zForget, zCell] = splitGates(body, z, { layer, count: 4 });
  const [peepInput, peepOutput, peepForget] = weights.peepholes;
  const gate = (sum: string, peephole: string | undefined, cell: string): string => {
    const seen =
      peephole === undefined ? sum : body.op("Add", [sum, body.op("Mul", [peephole, cell])]);
    return activate(body, seen, { step, index: 0 });
  };
  const input = gate(zInput, peepInput, c);
  const forget = layer.inputForget
    ? body.op("Sub", [body.scalar(layer.type, 1), input])
    : gate(zForget, peepForget, c);
  const candidate = activate(body, zCell, { step, index: 1 });
  const kept = body.op("Mul", [forget, c]);
  const nextC = body.op("Add", [kept, body.op("Mul", [input, candidate])]);
  const output = gate(zOutput, peepOutput, nextC);
  // What leaves the cell state is not clipped: so does onnxruntime.
  const unclipped = { ...step, layer: { ...layer, clip: Number.POSITIVE_INFINITY } };
  const squashed = activate(body, nextC, { step: unclipped, index: 2 });
  // What leaves the cell is a tensor that the cell does not read, so that noise there stays there.
  return [body.op("Mul", [output, squashed]), body.op("Identity", [nextC])];
}
