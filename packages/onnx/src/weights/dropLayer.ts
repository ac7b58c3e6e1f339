import { type Place, partSite } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { hasSite } from "../insert/hasSite.js";
import { nodeName } from "../labels/nodeName.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { renameOutput } from "../model/rewire.js";
import { type Dim, type TensorInfo, valueInfoOf } from "../model/valueInfo.js";
import { type EmittedSite, emitSite } from "../noise/emitSite.js";
import { recordSite } from "../sites/site.js";
import { alignExamples } from "./alignExamples.js";
import { checkClean, isClean, makerOf } from "./checkClean.js";
import type { GraphFacts } from "./graphFacts.js";
import { drawnDims, toDrawn, toStored } from "./layout.js";
import { replaceNode } from "./replaceNode.js";
import { replaceRows } from "./replaceRows.js";
import type { WeightedLayer } from "./Weight.js";
import { recordReplacement, type WeightPart } from "./weightPart.js";

/** A variant at a layer's weights, and where its noise comes from. */
export type DropLayerOptions = Pick<WeightPart, "layer" | "variant" | "site" | "noise">;

/**
 * Puts the parts of a variant on a layer's weights, in place: the layer reads the noisy ones, or is
 * written anew where each example has weights of its own. Parts that are there already stay.
 * @throws {Error} If a site's name is taken, a weight has other noise, or the examples' shape is not known.
 */
export function dropLayer(model: OnnxModel, facts: GraphFacts, options: DropLayerOptions): void {
  const { layer, variant } = options;
  const missing = variant.parts.flatMap((part): WeightPart[] => {
    const weight = layer.weights[part.at];
    const wanted = weight && { ...options, owner: facts.owner, part, weight };
    return wanted && !isDropped(model, wanted) ? [wanted] : [];
  });
  const isReplaced = ({ part, weight }: WeightPart): boolean =>
    part.field.perExample === true && weight.reader === layer.node;
  for (const part of missing) {
    if (layer.operator.rows) replaceRows(model, part);
    else if (!isReplaced(part)) rewireWeight(model, facts, part);
  }
  const replacing = missing.filter(isReplaced);
  if (replacing.length > 0) replaceLayer(model, facts, replacing);
}

function isDropped(model: OnnxModel, wanted: WeightPart): boolean {
  const { owner, site, weight } = wanted;
  if (!hasSite(model, { ...wanted, tensor: weight.tensor })) {
    checkClean(model, owner, weight);
    return false;
  }
  if (!isClean(model, weight)) return true;
  throw new Error(
    `${owner}: site must have a name of its own, got ${site} twice, at nodes that share weight ${weight.tensor}`,
  );
}

/** Makes a weight's reader read the noisy one. */
function rewireWeight(model: OnnxModel, facts: GraphFacts, wanted: WeightPart): void {
  const { graph } = model;
  const { site, variant, part, noise, weight, layer } = wanted;
  const { tensor, info, layout, input } = weight;
  const { builder, value, drawn } = emitPart(model, facts, wanted);
  const rank = facts.infos.get(layer.x)?.dims.length ?? 0;
  const noisy = part.field.perExample
    ? alignExamples(builder, value, { dims: info.dims, rank, opset: opsetOf(model) })
    : toStored(builder, value, { layout });
  const output = builder.uniqueName("out");
  const reader = makerOf(graph, weight.reader);
  const inputs = reader.input.map((name, i) => (i === input ? output : name));
  replaceNode(model, reader, {
    nodes: [...renameOutput(builder.nodes, noisy, output), copyMessage(reader, { input: inputs })],
    builder,
  });
  if (!part.field.perExample) graph.valueInfo.push(valueInfoOf(output, info));
  recordSite(model, { site, variant: variant.name, part, noise, x: tensor, output, ...drawn });
}

/** Writes a layer anew, with weights for each example. */
function replaceLayer(model: OnnxModel, facts: GraphFacts, parts: readonly WeightPart[]): void {
  const { graph } = model;
  const [{ layer, site, owner }] = parts;
  const { node } = layer;
  const values = new Map<Place, string>();
  for (const wanted of parts) {
    const { builder, value, drawn } = emitPart(model, facts, wanted);
    replaceNode(model, makerOf(graph, node), { nodes: [...builder.nodes, node], builder });
    values.set(wanted.part.at, value);
    recordReplacement(model, wanted, drawn);
  }
  const builder = new GraphBuilder(site, graph);
  const x = examplesInfo(facts, layer);
  const noisy = { kernel: values.get("kernel") ?? layer.kernel.tensor, bias: values.get("bias") };
  layer.operator.perExample?.(builder, { owner, opset: opsetOf(model), layer, x, noisy });
  replaceNode(model, makerOf(graph, node), { nodes: builder.nodes, builder });
}

/** What noise makes of a weight, in the layout of the field. */
function emitPart(
  model: OnnxModel,
  facts: GraphFacts,
  { owner, layer, site, part, noise, weight }: WeightPart,
): {
  readonly builder: GraphBuilder;
  readonly value: string;
  readonly drawn: Omit<EmittedSite, "value">;
} {
  const builder = new GraphBuilder(partSite(site, part), model.graph);
  const x = toDrawn(builder, weight.tensor, weight.layout);
  const info = { ...weight.info, dims: drawnDims(weight.layout, weight.info.dims) };
  const batch = part.field.perExample && emitBatch(builder, facts, { layer, noise });
  const options = { owner, part, site, noise, x, info, ...(batch && { batch }) };
  const { value, ...drawn } = emitSite(model, builder, options);
  return { builder, value, drawn };
}

/** The number of examples, and the tensor `[1]` that holds it where noise is drawn in the graph. */
function emitBatch(
  builder: GraphBuilder,
  facts: GraphFacts,
  { layer, noise }: Pick<WeightPart, "layer" | "noise">,
): { readonly dim: Dim; readonly size: string } {
  const axis = layer.batchAxis;
  const dim = examplesInfo(facts, layer).dims[axis];
  if (noise === "feeds") return { dim, size: "" };
  const shape = builder.op("Shape", [layer.x]);
  return { dim, size: builder.op("Gather", [shape, builder.ints([axis])]) };
}

function examplesInfo({ owner, infos }: GraphFacts, { node, x }: WeightedLayer): TensorInfo {
  const info = infos.get(x);
  if (info !== undefined && info.dims.length >= 2) return info;
  throw new Error(
    `${owner}: tensor ${x} of node ${nodeName(node)} must have a known shape with a batch for masks per example, got ${info === undefined ? "none" : `[${info.dims.join(", ")}]`}; per "batch" has one mask`,
  );
}
