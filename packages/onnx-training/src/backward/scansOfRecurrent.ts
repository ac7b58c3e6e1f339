import { ownedBy } from "@dropoutkit/core/adapter";
import { type OnnxModel, recurrentToScan } from "@dropoutkit/onnx";
import { inferNestedShapes, type NodeProto, nodeLabel, opsetOf } from "@dropoutkit/onnx/graph";
import { nodesOnTheWay } from "./nodesOnTheWay.js";
import { dependents } from "./reachability.js";
import { tooOld } from "./tooOld.js";

const isRecurrent = ({ opType }: NodeProto): boolean => ["LSTM", "GRU", "RNN"].includes(opType);

export interface RecurrentOptions {
  readonly owner: string;
  readonly loss: string;
  readonly withRespectTo: readonly string[];
}

/**
 * Writes the LSTM, GRU and RNN nodes that gradients go through as Scans, in place, in nested graphs too: the
 * operators do not tell their gates. Those that none goes through stay as they are, which is faster.
 */
export function scansOfRecurrent(
  model: OnnxModel,
  { owner, loss, withRespectTo }: RecurrentOptions,
): void {
  const nested = inferNestedShapes(model);
  const graphs = [...nested.keys()];
  if (!graphs.some(({ node }) => node.some(isRecurrent))) return;
  const infos = nested.get(model.graph) ?? new Map();
  const active = dependents(model.graph.node, { names: withRespectTo, infos });
  const derived = nodesOnTheWay(model.graph, { ends: [loss], active, infos: nested })
    .map(({ node }) => node)
    .filter(isRecurrent);
  if (derived.length === 0) return;
  const [first] = derived;
  const opset = opsetOf(model);
  if (opset < 9) {
    throw tooOld(
      `${owner}: model must have opset 9 or later for the gradient of ${nodeLabel(first)}, got ${opset}`,
    );
  }
  const scanned = ownedBy(owner, () =>
    recurrentToScan(model, { nodes: (node) => derived.includes(node) }),
  );
  Object.assign(model.graph, scanned.graph);
}
