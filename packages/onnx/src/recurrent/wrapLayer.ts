import { partSite } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { insertSite } from "../insert/insertSite.js";
import { copyMessage } from "../model/copyModel.js";
import type { NodeProto } from "../model/schema.js";
import { recordSite } from "../sites/site.js";
import { replaceNode } from "../weights/replaceNode.js";
import { emitPart, inputDims, type LayerPart, layerInfo, type NoisyLayer } from "./NoisyLayer.js";

/** Puts noise on what enters and leaves a layer of one direction, in place; the node stays as it is. */
export function wrapLayer(noisy: NoisyLayer, parts: readonly LayerPart[]): void {
  for (const one of parts) {
    if (one.part.at === "input") wrapInput(noisy, one);
    else wrapOutput(noisy, one);
  }
}

/** The node reads the noisy input, and other readers of the input read what they did. */
function wrapInput(noisy: NoisyLayer, one: LayerPart): void {
  const { model, layer, variant, noise } = noisy;
  const { x } = layer.inputs;
  const { site, part } = one;
  const builder = new GraphBuilder(site, model.graph);
  const { value, ...drawn } = emitPart(noisy, builder, { ...one, x, dims: inputDims(noisy) });
  const [, ...others] = layer.node.input;
  const node: NodeProto = copyMessage(layer.node, { input: [value, ...others] });
  replaceNode(model, layer.node, { nodes: [...builder.nodes, node], builder });
  recordSite(model, { site, variant: variant.name, part, noise, x, output: value, ...drawn });
}

function wrapOutput(noisy: NoisyLayer, { site, part }: LayerPart): void {
  const { owner, model, layer, variant, noise, sizes, output } = noisy;
  const { time, batch } = sizes;
  const { hidden, batchFirst } = layer;
  const sequence = batchFirst ? [batch, time, 1, hidden] : [time, 1, batch, hidden];
  const end = batchFirst ? [batch, 1, hidden] : [1, batch, hidden];
  insertSite(model, {
    ...{ owner, site, variant: variant.name, part, noise, scope: [] },
    tensor: layer.outputs[output],
    info: layerInfo(layer, output === "y" ? sequence : end),
    builder: new GraphBuilder(partSite(site, part), model.graph),
  });
}
