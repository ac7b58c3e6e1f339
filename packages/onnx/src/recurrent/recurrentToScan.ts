import { copyModel, type ModelLike, modelOf, type OnnxModel, opsetOf } from "../codec.js";
import { OldOpsetError } from "../opset/OldOpsetError.js";
import { nodeName } from "../scopes/walkGraphs.js";
import { inferShapes } from "../shapes/inferShapes.js";
import { recurrentLayer } from "./RecurrentLayer.js";
import { presentNodes, type WhichRecurrent } from "./recurrentNodes.js";
import { scanLayer } from "./scanLayer.js";

const owner = "recurrentToScan";

export interface RecurrentToScanOptions {
  /** Which LSTM, GRU and RNN nodes; default all. */
  readonly nodes?: WhichRecurrent;
}

/**
 * A model whose LSTM, GRU and RNN nodes are Scans of plain operators: MatMul, Add, Mul, activations, Split,
 * Where. They compute the same within rounding, and unlike the operators show their gates and states: to
 * noise, and to a gradient. One Scan a direction, with the input's share of the gates in one product
 * outside.
 * @throws {Error} If the model's opset is older than 9, which has no such Scan; if a node's hidden size is
 * not known, or it has an activation function that is none of ONNX's.
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
  const infos = inferShapes(scanned);
  for (const node of presentNodes(scanned, nodes)) {
    const layer = recurrentLayer(owner, { node, infos, opset });
    scanLayer(scanned, layer, nodeName(node));
  }
  return scanned;
}
