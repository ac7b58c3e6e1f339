import {
  copyMessage,
  type GraphBuilder,
  makeAttribute,
  type NodeOptions,
  type NodeProto,
} from "@dropoutkit/onnx";
import type { GradientSums } from "./GradientSums.js";
import type { EmitContext, GradientContext } from "./gradients/GradientRule.js";
import { ruleOf } from "./gradients/ruleOf.js";

/** What the nodes of one graph share on the way back. */
export interface Scope extends EmitContext, Pick<GradientContext, "constant"> {
  /** The tensors that change with those that gradients are wanted by. */
  readonly active: ReadonlySet<string>;
}

/**
 * Goes through the nodes from the last to the first and adds to `gradients` what each hands back to its
 * inputs. A node that must write one more output for its rule is replaced, in place.
 */
export function goBack(nodes: NodeProto[], gradients: GradientSums, scope: Scope): void {
  const { active } = scope;
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    if (!node.output.some((name) => active.has(name))) continue;
    const outputGradients = node.output.map((name) => gradients.of(name));
    if (outputGradients.every((gradient) => gradient === undefined)) continue;
    const inputGradients = ruleOf(node)?.({
      ...scope,
      node,
      outputGradients,
      needs: (input) => active.has(node.input[input]),
      output: (index, attributes) =>
        outputOf(nodes, { at, index, attributes, builder: scope.builder }),
    });
    node.input.forEach((name, i) => {
      const gradient = active.has(name) ? inputGradients?.[i] : undefined;
      if (gradient !== undefined) gradients.add(name, gradient);
    });
  }
}

interface OutputOptions {
  readonly at: number;
  readonly index: number;
  readonly attributes?: NodeOptions["attributes"];
  readonly builder: GraphBuilder;
}

/** The name of a node's output, which the node is made to write if it does not yet. */
function outputOf(
  nodes: NodeProto[],
  { at, index, attributes = {}, builder }: OutputOptions,
): string {
  const node = nodes[at];
  if (node.output[index]) return node.output[index];
  const output = Array.from({ length: Math.max(node.output.length, index + 1) }, (_, i) =>
    i === index ? builder.uniqueName(`${node.opType}_output`) : (node.output[i] ?? ""),
  );
  const kept = node.attribute.filter(({ name }) => attributes[name] === undefined);
  const added = Object.entries(attributes).map(([name, value]) => makeAttribute(name, value));
  nodes[at] = copyMessage(node, { output, attribute: [...kept, ...added] });
  return output[index];
}
