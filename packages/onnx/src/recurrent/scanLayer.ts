import { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { replaceNode } from "../weights/replaceNode.js";
import { type EmittedScan, emitScan } from "./emitScan.js";
import { joinDirections } from "./joinDirections.js";
import type { RecurrentLayer } from "./RecurrentLayer.js";
import { SequenceFacts } from "./SequenceFacts.js";
import { timeFirst } from "./timeFirst.js";

/** Puts Scans in a layer's place, one for each direction; `names` is the first part of what is made. */
export function scanLayer(model: OnnxModel, layer: RecurrentLayer, names: string): EmittedScan[] {
  const builder = new GraphBuilder(names, model.graph);
  const facts = new SequenceFacts(builder, layer);
  const values = [timeFirst(builder, layer, layer.inputs.x)];
  const scans = layer.directions.map((direction) =>
    emitScan(builder, {
      ...{ layer, direction, facts, values, statePerGate: false },
      read: (_, h) => [h],
    }),
  );
  joinDirections(builder, layer, scans);
  replaceNode(model, layer.node, { nodes: builder.nodes, builder });
  return scans;
}
