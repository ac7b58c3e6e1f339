import { partSite } from "@dropoutkit/core/adapter";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { emitField } from "../noise/emitField.js";
import { emitFormula } from "../noise/emitFormula.js";
import type { EmittedSite } from "../noise/emitSite.js";
import { recordSite, replacementOf } from "../sites/site.js";
import { replaceNode } from "../weights/replaceNode.js";
import type { ReadState } from "./emitBody.js";
import { emitOperator } from "./emitOperator.js";
import { type DirectionOutputs, emitScan } from "./emitScan.js";
import { joinDirections } from "./joinDirections.js";
import { emitPart, inputDims, type LayerPart, layerInfo, type NoisyLayer } from "./NoisyLayer.js";
import { SequenceFacts } from "./SequenceFacts.js";
import { timeFirst } from "./timeFirst.js";

/**
 * Writes a layer anew with noise in it, in place: a Scan for each direction where the gates read a noisy state,
 * or each an input of its own, and else an operator for each direction.
 */
export function rewriteLayer(noisy: NoisyLayer, parts: readonly LayerPart[]): void {
  const { model, layer } = noisy;
  // The site of the first direction is in front of the names of all that is made.
  const builder = new GraphBuilder(parts[0].site, model.graph);
  const graph: LayerGraph = { builder, facts: new SequenceFacts(builder, layer) };
  const outputs = layer.directions.map(({ index }) => {
    const own = parts.filter(({ direction }) => direction.index === index);
    return rewriteDirection(noisy, graph, own);
  });
  joinDirections(builder, layer, outputs);
  replaceNode(model, layer.node, { nodes: builder.nodes, builder });
}

/** What a layer's nodes are written into, and what its directions share. */
interface LayerGraph {
  readonly builder: GraphBuilder;
  readonly facts: SequenceFacts;
}

function rewriteDirection(
  noisy: NoisyLayer,
  graph: LayerGraph,
  parts: readonly LayerPart[],
): DirectionOutputs {
  const { builder, facts } = graph;
  const { layer, output, sizes } = noisy;
  const [{ direction }] = parts;
  const values = emitInputs(noisy, builder, parts).map((x) => timeFirst(builder, layer, x));
  const state = ofGates(noisy, parts, "state");
  const options = { layer, direction };
  const outputs =
    state.length > 0 || values.length > 1
      ? emitScan(builder, {
          ...{ ...options, facts, values, statePerGate: state.length > 1 },
          read: readState(noisy, graph, state),
        })
      : emitOperator(builder, { ...options, x: values[0] });
  const last = parts.find(({ part }) => part.at === "output");
  if (last === undefined) return outputs;
  const end = [sizes.batch, layer.hidden];
  const dims = output === "y" ? [sizes.time, ...end] : end;
  const { value, ...drawn } = emitPart(noisy, builder, { ...last, x: outputs[output], dims });
  record(noisy, last, drawn);
  return { ...outputs, [output]: value };
}

/** The parts at a place, in the order of the node's gates. */
function ofGates(
  { layer }: NoisyLayer,
  parts: readonly LayerPart[],
  at: "input" | "state",
): LayerPart[] {
  const own = parts.filter(({ part }) => part.at === at);
  if (own.every(({ part }) => part.gate === undefined)) return own;
  return layer.gateNumbers.flatMap((gate) => own.filter(({ part }) => part.gate === gate));
}

/** The input as the gates read it. */
function emitInputs(
  noisy: NoisyLayer,
  builder: GraphBuilder,
  parts: readonly LayerPart[],
): readonly string[] {
  const { x } = noisy.layer.inputs;
  const own = ofGates(noisy, parts, "input");
  if (own.length === 0) return [x];
  return own.map((one) => {
    const { value, ...drawn } = emitPart(noisy, builder, { ...one, x, dims: inputDims(noisy) });
    record(noisy, one, drawn);
    return value;
  });
}

/** What the gates read of the state: its noise is drawn once, outside the loop, and selects in it. */
function readState(
  noisy: NoisyLayer,
  { builder, facts }: LayerGraph,
  parts: readonly LayerPart[],
): ReadState {
  const { owner, model, layer, noise, sizes } = noisy;
  const dims = [sizes.batch, layer.hidden];
  return (body, h) => {
    if (parts.length === 0) return [h];
    const shape = noise === "feeds" ? "" : facts.stateShape();
    const target = { name: h, dims, shape };
    return parts.map((one) => {
      const { part } = one;
      const site = partSite(one.site, part);
      const options = { owner, field: part.field, site, noise, target };
      const { tensor, ...drawn } = emitField(model, builder.within(site), options);
      const { value, scalars } = emitFormula(body.within(site), {
        ...{ owner, part, formula: "train", x: h, info: layerInfo(layer, dims) },
        leaves: { field: tensor },
      });
      record(noisy, one, { ...drawn, scalars });
      return value;
    });
  };
}

/** All parts of a layer stand for its node. */
function record(
  { model, layer, variant, noise }: NoisyLayer,
  { site, part }: LayerPart,
  drawn: Omit<EmittedSite, "value">,
): void {
  const { node, inputs } = layer;
  recordSite(model, {
    ...{ site, variant: variant.name, part, noise },
    x: inputs.x,
    output: node.output.find((name) => name !== "") ?? "",
    replaces: replacementOf(node),
    ...drawn,
  });
}
