import { nodeName } from "../labels/nodeName.js";
import { copyMessage, copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import type { GraphProto } from "../model/schema.js";
import { OldOpsetError } from "../opset/OldOpsetError.js";
import { openGraph } from "../scopes/openGraph.js";
import { type ScopedGraph, walkGraphs } from "../scopes/walkGraphs.js";
import { inferNestedShapes } from "../shapes/inferShapes.js";
import { type RecurrentLayer, recurrentLayer } from "./RecurrentLayer.js";
import { presentNodes, type WhichRecurrent } from "./recurrentNodes.js";
import { scanLayer } from "./scanLayer.js";

const owner = "recurrentToScan";

export interface RecurrentToScanOptions {
  /** Which LSTM, GRU and RNN nodes; default all. */
  readonly nodes?: WhichRecurrent;
}

/**
 * A model whose LSTM, GRU and RNN nodes, in nested graphs too, are Scans of plain operators: MatMul, Add, Mul, activations, Split,
 * Where. They compute the same within rounding, and unlike the operators show their gates and states: to
 * noise, and to a gradient. One Scan a direction, with the input's share of the gates in one product
 * outside.
 * @throws {Error} If the model's opset is older than 9, which has no such Scan; if `nodes` choose none; if a node's
 * hidden size is not known, or it has an activation function that is none of ONNX's.
 * @throws {TypeError} If a node computes with other numbers than float32 or float64.
 */
export function recurrentToScan(
  model: ModelLike,
  { nodes }: RecurrentToScanOptions = {},
): OnnxModel {
  const scanned = copyModel(modelOf(owner, model));
  const opset = opsetOf(scanned);
  if (!(opset >= 9)) {
    throw new OldOpsetError(`${owner}: model must have opset 9 or later for Scan, got ${opset}`, 9);
  }
  const layers = layersOf(scanned, nodes);
  if (nodes !== undefined && layers.length === 0) {
    throw new Error(`${owner}: nodes must choose an LSTM, GRU or RNN, got none`);
  }
  for (const { scope, layer } of layers) {
    const { graph } = openGraph(scanned, scope);
    // Names of nested graphs must be others than those around them.
    const names = [...scope, nodeName(layer.node)].join("/");
    scanLayer(copyMessage(scanned, { graph }), layer, names);
  }
  return scanned;
}

interface ScopedLayer {
  readonly scope: readonly string[];
  readonly layer: RecurrentLayer;
}

/** The chosen layers of all graphs. */
function layersOf(model: OnnxModel, which: WhichRecurrent | undefined): ScopedLayer[] {
  const nested = inferNestedShapes(model);
  const opset = opsetOf(model);
  return walkGraphs(model.graph).flatMap((scoped) => {
    const chosen = presentNodes(scoped.graph, which);
    if (chosen.length === 0) return [];
    const infos = new Map(visible(scoped).flatMap((graph) => [...(nested.get(graph) ?? [])]));
    return chosen.map((node) => ({
      scope: scoped.scope,
      layer: recurrentLayer(owner, { node, infos, opset }),
    }));
  });
}

/** The graphs whose tensors a graph sees, from the outside in. */
const visible = ({ graph, holder }: ScopedGraph): GraphProto[] => [
  ...(holder === undefined ? [] : visible(holder.outer)),
  graph,
];
