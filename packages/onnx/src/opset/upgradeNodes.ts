import { nodeLabel } from "../labels/nodeLabel.js";
import { copyMessage } from "../model/copyModel.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { AttributeProto, GraphProto, NodeProto } from "../model/schema.js";
import type { OpsetContext } from "./OpsetRule.js";
import { opsetRules } from "./rules/opsetRules.js";
import { schemaVersions } from "./schemaVersions.js";

export interface UpgradeContext extends Omit<OpsetContext, "refuse"> {
  /** The version that the nodes are of. */
  readonly from: number;
  /** The context of a graph that is nested in one of the nodes. */
  readonly inside: (graph: GraphProto) => UpgradeContext;
  /** Whether a node calls a function of the model. */
  readonly isCall: (node: NodeProto) => boolean;
}

/** Nodes that compute the same at a later version of the operator set, and those of the graphs nested in them. */
export function upgradeNodes(nodes: readonly NodeProto[], context: UpgradeContext): NodeProto[] {
  return nodes.flatMap((node) => {
    const upgraded = upgradeNested(node, context);
    const isOperator = isStandardDomain(node.domain) && !context.isCall(node);
    return isOperator ? upgradeNode(upgraded, context.from, context) : [upgraded];
  });
}

/** The node itself where nothing changes in the graphs that it holds. */
function upgradeNested(node: NodeProto, context: UpgradeContext): NodeProto {
  const attribute = node.attribute.map((item): AttributeProto => {
    if (item.g === undefined) return item;
    const { node: before } = item.g;
    const after = upgradeNodes(before, context.inside(item.g));
    const isSame = after.length === before.length && after.every((inner, i) => inner === before[i]);
    return isSame ? item : copyMessage(item, { g: copyMessage(item.g, { node: after }) });
  });
  const isSame = attribute.every((item, i) => item === node.attribute[i]);
  return isSame ? node : copyMessage(node, { attribute });
}

/** Goes from one version of the operator's schema to the next; what is written on the way goes on from there. */
function upgradeNode(node: NodeProto, at: number, context: UpgradeContext): NodeProto[] {
  const { builder, target } = context;
  const refuse = (must: string, got: string): Error =>
    new Error(`upgradeOpset: ${nodeLabel(node)} must ${must}, got ${got}`);
  const versions = schemaVersions[node.opType];
  if (versions === undefined) throw refuse("be a standard operator", "none of that name");
  const next = versions.find((version) => version > at && version <= target);
  if (next === undefined) return [node];
  const rule = opsetRules[node.opType]?.[next];
  if (rule === undefined) return upgradeNode(node, next, context);
  rule(node, {
    ...context,
    refuse: (must, got) => {
      const reached = next - 1 > context.from ? `; it can be brought to opset ${next - 1}` : "";
      return refuse(must, got + reached);
    },
  });
  return builder.nodes.splice(0).flatMap((item) => upgradeNode(item, next, context));
}
