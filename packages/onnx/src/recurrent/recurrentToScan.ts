import { copyModel, type ModelLike, modelOf, type OnnxModel, opsetOf } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import type { GraphProto, NodeProto } from "../schema.js";
import { inferShapes } from "../shapes/inferShapes.js";
import { emitScan } from "./emitScan.js";
import { joinDirections } from "./joinDirections.js";
import { isRecurrent, type RecurrentLayer, recurrentLayer } from "./RecurrentLayer.js";

export interface RecurrentToScanOptions {
  /** Which LSTM, GRU and RNN nodes; default all. */
  readonly nodes?: (node: NodeProto) => boolean;
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
  { nodes = () => true }: RecurrentToScanOptions = {},
): OnnxModel {
  const scanned = copyModel(modelOf("recurrentToScan", model));
  const opset = checkScan("recurrentToScan", scanned);
  const infos = inferShapes(scanned);
  for (const node of scanned.graph.node.filter((one) => isRecurrent(one) && nodes(one))) {
    const layer = recurrentLayer("recurrentToScan", { node, infos, opset });
    const builder = new GraphBuilder(nameOf(node), scanned.graph);
    const x = timeFirst(builder, layer);
    const outputs = layer.directions.map((direction) =>
      emitScan(builder, {
        ...{ layer, direction, values: [x] },
        read: (_, h) => [h],
        statePerGate: false,
      }),
    );
    joinDirections(builder, layer, outputs);
    replaceNode(scanned.graph, node, builder);
  }
  return scanned;
}

/** The model's opset, which must have the Scan that goes over any number of states without a batch of its own. */
export function checkScan(owner: string, model: OnnxModel): number {
  const opset = opsetOf(model);
  if (opset >= 9) return opset;
  throw new Error(`${owner}: model must have opset 9 or later for Scan, got ${opset}`);
}

/** A node's name, or that of the first tensor that it makes. */
export const nameOf = ({ name, output }: NodeProto): string =>
  name || (output.find((tensor) => tensor !== "") ?? "");

/** The layer's input as `[time, batch, features]`. */
export function timeFirst(builder: GraphBuilder, { inputs, batchFirst }: RecurrentLayer): string {
  if (!batchFirst) return inputs.x;
  return builder.op("Transpose", [inputs.x], { attributes: { perm: [1, 0, 2] } });
}

/** Puts what a builder collected in a node's place. */
export function replaceNode(graph: GraphProto, node: NodeProto, builder: GraphBuilder): void {
  graph.node = graph.node.flatMap((other) => (other === node ? builder.nodes : [other]));
  graph.initializer.push(...builder.initializers);
}
