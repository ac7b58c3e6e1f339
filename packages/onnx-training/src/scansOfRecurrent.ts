import {
  nodeLabel,
  type OnnxModel,
  opsetOf,
  recurrentToScan,
  type TensorInfos,
} from "@dropoutkit/onnx";
import { ancestors, dependents } from "./reachability.js";
import { tooOld } from "./tooOld.js";

const RECURRENT: ReadonlySet<string> = new Set(["LSTM", "GRU", "RNN"]);

export interface RecurrentOptions {
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
  { loss, withRespectTo, infos }: RecurrentOptions,
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
  const [first] = derived;
  const opset = opsetOf(model);
  if (opset < 9) {
    throw tooOld(
      `gradientModel: model must have opset 9 or later for the gradient of ${nodeLabel(first)}, got ${opset}`,
    );
  }
  model.graph = recurrentToScan(model, { nodes: (node) => derived.includes(node) }).graph;
}
