import {
  copyMessage,
  GraphBuilder,
  type NodeProto,
  type OnnxModel,
  opsetOf,
  type TensorInfo,
  type TensorInfos,
} from "@dropoutkit/onnx";
import type { GradientRule } from "./gradients/GradientRule.js";
import { gradientRules } from "./gradients/registry.js";
import { scalarLike } from "./gradients/scalarLike.js";
import { ancestors, dependents } from "./reachability.js";

export interface BackwardOptions {
  readonly loss: string;
  readonly withRespectTo: readonly string[];
  readonly infos: TensorInfos;
}

/**
 * Appends the backward pass to a model's graph, in place: after it the graph holds `<name>.grad` for
 * each name. Goes through the nodes from the loss back, with the rule of each node's operator, and
 * sums where a tensor is read more than once.
 */
export function backward(model: OnnxModel, { loss, withRespectTo, infos }: BackwardOptions): void {
  const { graph } = model;
  // Opset 13 made the axes of ReduceSum and Unsqueeze inputs, as the rules write them.
  if (!(opsetOf(model) >= 13)) {
    throw new Error(`gradientModel: model must have opset 13 or later, got ${opsetOf(model)}`);
  }
  const builder = new GraphBuilder("grad", graph);
  const active = dependents(graph.node, withRespectTo);
  checkRules(model, { loss, active });
  const gradients = new Map<string, string[]>([[loss, [seedOf(builder, loss, infos)]]]);
  const gradientOf = (tensor: string): string | undefined => {
    const parts = gradients.get(tensor);
    if (parts !== undefined && parts.length > 1) {
      gradients.set(tensor, [builder.op("Sum", parts)]);
    }
    return gradients.get(tensor)?.[0];
  };
  for (let at = graph.node.length - 1; at >= 0; at--) {
    const node = graph.node[at];
    const outputGradients = node.output.map(gradientOf);
    const reached = outputGradients.some((gradient) => gradient !== undefined);
    if (!(reached && node.output.some((name) => active.has(name)))) continue;
    const inputGradients = ruleOf(node)?.({
      builder,
      node,
      outputGradients,
      needs: (input) => active.has(node.input[input]),
      info: (tensor) => infoOf(infos, tensor),
      output: (index) => outputOf(graph.node, { at, index, builder }),
    });
    node.input.forEach((name, i) => {
      const gradient = active.has(name) ? inputGradients?.[i] : undefined;
      if (gradient !== undefined) gradients.set(name, [...(gradients.get(name) ?? []), gradient]);
    });
  }
  for (const name of withRespectTo) {
    const gradient = gradientOf(name);
    if (gradient === undefined) {
      throw new Error(
        `gradientModel: loss ${loss} must depend on ${name}, got no path between them`,
      );
    }
    builder.op("Identity", [gradient], { outputs: [`${name}.grad`], name: `${name}.grad` });
  }
  graph.node.push(...builder.nodes);
  graph.initializer.push(...builder.initializers);
}

/** @throws {Error} If an operator on the way from `active` tensors to the loss has no gradient; it names all. */
function checkRules(
  model: OnnxModel,
  { loss, active }: { readonly loss: string; readonly active: ReadonlySet<string> },
): void {
  const { node: nodes } = model.graph;
  const reached = ancestors(nodes, loss);
  const missing = nodes
    .filter((node) => node.output.some((name) => active.has(name) && reached.has(name)))
    .filter((node) => ruleOf(node) === undefined)
    .map(({ opType, name, output }) => `${opType} (node ${name || output[0]})`);
  if (missing.length === 0) return;
  throw new Error(
    `gradientModel: every operator between the loss and what it is derived by must have a gradient, got none for ${missing.join(", ")} at opset ${opsetOf(model)}`,
  );
}

const ruleOf = ({ domain, opType }: NodeProto): GradientRule | undefined =>
  domain === "" || domain === "ai.onnx" ? gradientRules[opType] : undefined;

/** The gradient of the loss by itself. */
function seedOf(builder: GraphBuilder, loss: string, infos: TensorInfos): string {
  const info = (tensor: string): TensorInfo => infoOf(infos, tensor);
  const { dims } = info(loss);
  const one = scalarLike({ builder, info }, loss, 1);
  return dims.length === 0 ? one : builder.op("Expand", [one, builder.ints(dims.map(Number))]);
}

function infoOf(infos: TensorInfos, tensor: string): TensorInfo {
  const info = infos.get(tensor);
  if (info !== undefined) return info;
  throw new Error(`gradientModel: tensor ${tensor} must have a known shape, got none`);
}

/** The name of a node's output, which the node is made to write if it does not yet. */
function outputOf(
  nodes: NodeProto[],
  {
    at,
    index,
    builder,
  }: { readonly at: number; readonly index: number; readonly builder: GraphBuilder },
): string {
  const node = nodes[at];
  if (node.output[index]) return node.output[index];
  const output = Array.from({ length: Math.max(node.output.length, index + 1) }, (_, i) =>
    i === index ? builder.uniqueName(`${node.opType}_output`) : (node.output[i] ?? ""),
  );
  nodes[at] = copyMessage(node, { output });
  return output[index];
}
