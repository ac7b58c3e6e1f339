import { type Part, partSite } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { reduce } from "../emit/versionedOps.js";
import { hasSite } from "../insert/hasSite.js";
import { nodeLabel } from "../labels/nodeLabel.js";
import { nodeName } from "../labels/nodeName.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { DataType, type NodeProto } from "../model/schema.js";
import { tensorTypeOf } from "../model/tensorType.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { emitSite } from "../noise/emitSite.js";
import { type NoiseSource, recordSite, replacementOf } from "../sites/site.js";
import { activationOf } from "./activationOf.js";
import { checkClean, makerOf } from "./checkClean.js";
import type { GraphFacts } from "./graphFacts.js";
import { drawnDims, toDrawn } from "./layout.js";
import { replaceNode } from "./replaceNode.js";
import { scaleByAttribute } from "./scaleByAttribute.js";
import type { WeightedLayer } from "./Weight.js";

/** A part at a layer's pre-activation that is drawn at inference. */
export interface SampleLayerOptions {
  readonly layer: WeightedLayer;
  readonly part: Part;
  readonly site: string;
  readonly variant: string;
  readonly noise: NoiseSource;
}

/**
 * Draws a dense layer's pre-activation several times and averages after the activation, in place. The
 * layer computes the mean. What stood last is replaced: the activation's last node, or else the layer's.
 */
export function sampleLayer(
  model: OnnxModel,
  facts: GraphFacts,
  options: SampleLayerOptions,
): void {
  const { graph } = model;
  const { layer, part, site, variant, noise } = options;
  const { owner } = facts;
  const info = preActivation(facts, layer);
  const sum = layer.weights.bias?.reader ?? layer.node;
  const [y] = sum.output;
  if (hasSite(model, { owner, site, part, noise, tensor: y })) return;
  for (const weight of Object.values(layer.weights)) checkClean(model, owner, weight);
  const activation = activationOf(facts, y);
  const last = activation.at(-1) ?? sum;
  const builder = new GraphBuilder(partSite(site, part), graph);
  const mean = last === sum ? copyOf(builder, sum, new Map()) : y;
  const leaves = emitLeaves(builder, layer, info);
  const { value, ...drawn } = emitSite(model, builder, {
    owner,
    part,
    site,
    noise,
    x: leaves.x,
    info,
    formula: "infer",
    leaves: { w: leaves.w, b: leaves.b },
    // The layer has computed this one, and added its bias.
    linear: (x, w) => (x === leaves.x && w === leaves.w ? mean : builder.op("MatMul", [x, w])),
    target: info,
    ...(noise === "graph" && { targetShape: builder.op("Shape", [mean]) }),
  });
  const copies = new Map([[y, value]]);
  for (const node of activation) copies.set(node.output[0], copyOf(builder, node, copies));
  const [output] = last.output;
  const drawnOutput = copies.get(output) ?? value;
  emitMean(builder, { x: drawnOutput, last, opset: opsetOf(model) });
  const replaces = replacementOf(last);
  replaceNode(model, makerOf(graph, last), { nodes: builder.nodes, builder });
  recordSite(model, { site, variant, part, noise, x: y, output, replaces, ...drawn });
}

/** The mean over samples, `[samples, ...]`, in the name and the place of what stood last. */
function emitMean(
  builder: GraphBuilder,
  { x, last, opset }: { readonly x: string; readonly last: NodeProto; readonly opset: number },
): void {
  reduce({ builder, opset }, "ReduceMean", {
    tensor: x,
    axes: [0],
    keep: false,
    name: last.name || undefined,
    outputs: last.output,
  });
}

/** A node once more, on other tensors; returns its output. */
function copyOf(
  builder: GraphBuilder,
  node: NodeProto,
  copies: ReadonlyMap<string, string>,
): string {
  const name = builder.uniqueName(node.opType);
  const input = node.input.map((tensor) => copies.get(tensor) ?? tensor);
  builder.nodes.push(copyMessage(node, { name, input, output: [name] }));
  return name;
}

/** What the formula at `linear` reads: x `[..., inputs]`, w `[inputs, units]`, and b, which broadcasts to the units. */
function emitLeaves(
  builder: GraphBuilder,
  { node, x, batchAxis, kernel, weights: { bias } }: WeightedLayer,
  { dataType }: TensorInfo,
): { readonly x: string; readonly w: string; readonly b: string } {
  const w = toDrawn(builder, kernel.tensor, kernel.layout);
  const b = bias?.tensor ?? builder.scalar(tensorTypeOf(dataType) ?? "float32", 0);
  return {
    x: batchAxis === 1 ? builder.op("Transpose", [x]) : x,
    w: scaleByAttribute(builder, w, { node, attribute: "alpha", dataType }),
    b: bias ? scaleByAttribute(builder, b, { node, attribute: "beta", dataType }) : b,
  };
}

/** Type and sizes of a dense layer's pre-activation. */
function preActivation(
  { owner, infos }: GraphFacts,
  { node, x, kernel, batchAxis }: WeightedLayer,
): TensorInfo {
  const info = infos.get(x);
  const rows = batchAxis === 1 ? info?.dims.slice(1) : info?.dims.slice(0, -1);
  const [, units] = drawnDims(kernel.layout, kernel.info.dims);
  const isDense = node.opType === "Gemm" || (node.opType === "MatMul" && kernel.input === 1);
  if (!isDense || kernel.info.dims.length !== 2) {
    throw new Error(
      `${owner}: ${nodeLabel(node)} must be a Gemm, or a MatMul with a weight [inputs, units] on its right, got weight ${kernel.tensor} [${kernel.info.dims.join(", ")}]`,
    );
  }
  // Half floats are cast within the formula, where the layer's own mean could not be told by its tensors.
  if (tensorTypeOf(kernel.info.dataType) === undefined) {
    throw new TypeError(
      `${owner}: weight ${kernel.tensor} of node ${nodeName(node)} must hold float32 or float64, got ${DataType[kernel.info.dataType]}`,
    );
  }
  if (info === undefined || rows === undefined) {
    throw new Error(
      `${owner}: tensor ${x} of node ${nodeName(node)} must have a known shape, got none`,
    );
  }
  return { dataType: info.dataType, dims: [...rows, units] };
}
