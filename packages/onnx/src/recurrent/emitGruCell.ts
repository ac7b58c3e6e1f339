import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { split } from "../emit/versionedOps.js";
import { activate, type CellStep, splitGates } from "./CellStep.js";
import { emitGateLinear } from "./directionWeights.js";

/**
 * One timestep of ONNX's GRU; its gates are update, reset, candidate. Where all gates read one state, the
 * state that the update gate carries over is that one too.
 * @see Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder", section 2.3
 * (arXiv:1406.1078).
 */
export function emitGruCell(body: GraphBuilder, step: CellStep): readonly string[] {
  const { layer, reads, previous } = step;
  const { update, candidate } = layer.linearBeforeReset
    ? linearFirst(body, step)
    : resetFirst(body, step);
  const carried = reads.length === 1 ? reads[0] : previous[0];
  const rest = body.op("Sub", [body.scalar(layer.type, 1), update]);
  const fresh = body.op("Mul", [rest, candidate]);
  return [body.op("Add", [fresh, body.op("Mul", [update, carried])])];
}

interface Gates {
  readonly update: string;
  readonly candidate: string;
}

/** The reset gate scales the state, and what comes of it meets the candidate's kernel. */
function resetFirst(body: GraphBuilder, step: CellStep): Gates {
  const { layer, weights, projected, reads } = step;
  const { opset, hidden } = layer;
  const [x, xCandidate] = split(
    { builder: body, opset },
    { tensor: projected, axis: 1, sizes: [2 * hidden, hidden] },
  );
  const kernels = weights.recurrentKernels.slice(0, -1);
  const linear = emitGateLinear(body, reads.slice(0, kernels.length), { kernels, axis: 1 });
  const z = body.op("Add", [x, linear]);
  const [zUpdate, zReset] = splitGates(body, z, { layer, count: 2 });
  const reset = activate(body, zReset, { step, index: 0 });
  const [kernel] = weights.recurrentKernels.slice(-1);
  const scaled = body.op("Mul", [reset, reads[reads.length - 1]]);
  const sum = body.op("Add", [xCandidate, body.op("MatMul", [scaled, kernel])]);
  return {
    update: activate(body, zUpdate, { step, index: 0 }),
    candidate: activate(body, sum, { step, index: 1 }),
  };
}

/** The reset gate scales what the candidate's kernel and bias make of the state. */
function linearFirst(body: GraphBuilder, step: CellStep): Gates {
  const { layer, weights, projected, reads } = step;
  const [xUpdate, xReset, xCandidate] = splitGates(body, projected, { layer, count: 3 });
  const linear = emitGateLinear(body, reads, { kernels: weights.recurrentKernels, axis: 1 });
  const [hUpdate, hReset, product] = splitGates(body, linear, { layer, count: 3 });
  const { resetBias } = weights;
  const hCandidate = resetBias === "" ? product : body.op("Add", [product, resetBias]);
  const reset = activate(body, body.op("Add", [xReset, hReset]), { step, index: 0 });
  const scaled = body.op("Mul", [reset, hCandidate]);
  return {
    update: activate(body, body.op("Add", [xUpdate, hUpdate]), { step, index: 0 }),
    candidate: activate(body, body.op("Add", [xCandidate, scaled]), { step, index: 1 }),
  };
}
