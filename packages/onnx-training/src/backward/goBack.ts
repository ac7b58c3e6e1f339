import {
  copyMessage,
  type GraphBuilder,
  makeAttribute,
  type NodeOptions,
  type NodeProto,
} from "@dropoutkit/onnx/graph";
import { ruleOf } from "../gradients/ruleOf.js";
import type { GradientSums } from "../trainer/GradientSums.js";
import { isConstantInput } from "./constantInputs.js";
import type { Scope } from "./Scope.js";

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
    const wanted = (input: number): boolean =>
      active.has(node.input[input]) && !isConstantInput(node, input) && scope.wants(node, input);
    const inputGradients = ruleOf(node)?.({
      ...scope,
      node,
      outputGradients,
      needs: wanted,
      output: (index, attributes) =>
        outputOf(nodes, { at, index, attributes, builder: scope.builder }),
      graphs: {
        scope,
        goBack,
        add: (name, gradient) => gradients.add(name, gradient),
        replace: (changed) => {
          nodes[at] = changed;
        },
      },
    });
    node.input.forEach((name, i) => {
      const gradient = wanted(i) ? inputGradients?.[i] : undefined;
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
