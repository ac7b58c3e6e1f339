import { partSite } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { renameOutput } from "../model/rewire.js";
import { emitField } from "../noise/emitField.js";
import { emitSite } from "../noise/emitSite.js";
import { makerOf } from "./checkClean.js";
import { replaceNode } from "./replaceNode.js";
import { recordReplacement, type WeightPart } from "./weightPart.js";

/** Makes an operator that reads rows of its weight drop what it has read: fewer entries than the weight has. */
export function replaceRows(model: OnnxModel, wanted: WeightPart): void {
  const { layer, owner, site, part, noise, weight } = wanted;
  const { node } = layer;
  const { tensor, info } = weight;
  const builder = new GraphBuilder(partSite(site, part), model.graph);
  const shape = noise === "feeds" ? "" : builder.op("Shape", [tensor]);
  const target = { name: tensor, dims: info.dims, shape };
  const place = { owner, field: part.field, site: partSite(site, part), noise };
  const { tensor: field, ...drawn } = emitField(model, builder, { ...place, target });
  const read = (table: string): string =>
    builder.op(node.opType, [table, ...node.input.slice(1)], { attributes: { axis: 0 } });
  const leaves = { field: read(field) };
  const x = read(tensor);
  const { value, scalars } = emitSite(model, builder, { ...wanted, x, info, leaves });
  const nodes = renameOutput(builder.nodes, value, node.output[0]);
  const last = nodes.length - 1;
  nodes[last] = copyMessage(nodes[last], { name: node.name || nodes[last].name });
  replaceNode(model, makerOf(model.graph, node), { nodes, builder });
  recordReplacement(model, wanted, { ...drawn, scalars });
}
