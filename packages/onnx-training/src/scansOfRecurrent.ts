import { type OnnxModel, opsetOf, recurrentToScan, type TensorInfos } from "@dropoutkit/onnx";
import { ancestors, dependents } from "./reachability.js";

const RECURRENT: ReadonlySet<string> = new Set(["LSTM", "GRU", "RNN"]);

export interface RecurrentOptions {
  readonly owner: string;
  readonly loss: string;
  readonly withRespectTo: readonly string[];
  readonly infos: TensorInfos;
}

/**
 * Writes the LSTM, GRU and RNN nodes that gradients go through as Scans, in place: the operators do not
 * tell their gates. Those that none goes through stay as they are, which is faster.
 */
export function scansOfRecurrent(
  model: OnnxModel,
  { owner, loss, withRespectTo, infos }: RecurrentOptions,
): void {
  const { node: nodes } = model.graph;
  if (!nodes.some(({ opType }) => RECURRENT.has(opType))) return;
  const active = dependents(nodes, { names: withRespectTo, infos });
  const reached = ancestors(nodes, loss);
  const isOnTheWay = (name: string): boolean => active.has(name) && reached.has(name);
  const derived = nodes.filter(
    ({ opType, output }) => RECURRENT.has(opType) && output.some(isOnTheWay),
  );
  if (derived.length === 0) return;
  const [{ opType, name, output }] = derived;
  const opset = opsetOf(model);
  if (opset < 9) {
    throw new Error(
      `${owner}: model must have opset 9 or later for the gradient of ${opType} ${name || output[0]}, got ${opset}`,
    );
  }
  const scanned = recurrentToScan(model, { nodes: (node) => derived.includes(node) });
  Object.assign(model.graph, scanned.graph);
}
