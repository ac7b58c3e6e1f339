import { GraphBuilder } from "../emit/GraphBuilder.js";
import { nodeLabel } from "../labels/nodeLabel.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type {
  AttributeProto,
  FunctionProto,
  NodeProto,
  OperatorSetIdProto,
} from "../model/schema.js";
import { instantiate } from "./instantiate.js";
import { nestedGraphs } from "./walkGraphs.js";

export interface InlineOptions {
  /** Who asks, for messages. */
  readonly owner: string;
  /** True for a node, in the graph of a scope, that is to be changed: a call is inlined if the function holds such a node, itself or through another. Without it all are that can be. */
  readonly isWanted?: (node: NodeProto, scope: readonly string[]) => boolean;
}

/**
 * Puts the nodes of model-local functions where they are called, in place, wherever one of them is
 * wanted: a site in a function would have one name at all its calls. They are named by the path of
 * calls, `<call>/<node>`. A function that is not called any more goes.
 * @throws {Error} If such a function calls itself, or uses another version of operators than the model.
 */
export function inlineCalls(model: OnnxModel, { owner, isWanted }: InlineOptions): void {
  if (model.functions.length === 0) return;
  const functions = new Map(model.functions.map((body) => [keyOf(body, body.name), body]));
  const functionOf = (node: NodeProto): FunctionProto | undefined =>
    functions.get(keyOf(node, node.opType));
  const builder = new GraphBuilder("", model.graph);
  const inlined = new Set<FunctionProto>();

  /** The nodes with the calls among them inlined that hold a wanted node, and whether any is wanted. */
  const expand = (node: NodeProto, around: Around): Expanded => {
    const { callers, scope } = around;
    const body = functionOf(node);
    if (body === undefined) return expandNested(node, around);
    if (isWanted === undefined && otherOpset(model, body)) return { nodes: [node], wanted: false };
    if (callers.includes(body)) {
      throw new Error(
        `${owner}: function ${body.name} must not call itself, got ${nodeLabel(node)}`,
      );
    }
    const inner = instantiate(body, node, (hint) => builder.uniqueName(hint));
    const parts = inner.map((item) => expand(item, { callers: [...callers, body], scope }));
    if (!parts.some(({ wanted }) => wanted)) {
      return { nodes: [node], wanted: isWanted?.(node, scope) ?? false };
    }
    importOperators(owner, model, body);
    inlined.add(body);
    return { nodes: parts.flatMap(({ nodes }) => nodes), wanted: true };
  };

  const expandNested = (node: NodeProto, { callers, scope }: Around): Expanded => {
    let wanted = isWanted?.(node, scope) ?? true;
    let changed = false;
    const names = new Map(nestedGraphs(node).map(({ name, graph }) => [graph, name]));
    const attribute = node.attribute.map((item): AttributeProto => {
      if (item.g === undefined) return item;
      const inside = { callers, scope: [...scope, names.get(item.g) ?? ""] };
      const parts = item.g.node.map((inner) => expand(inner, inside));
      wanted ||= parts.some((part) => part.wanted);
      if (parts.every(({ nodes }, i) => nodes.length === 1 && nodes[0] === item.g?.node[i])) {
        return item;
      }
      changed = true;
      const nodes = parts.flatMap((part) => part.nodes);
      return copyMessage(item, { g: copyMessage(item.g, { node: nodes }) });
    });
    return { nodes: [changed ? copyMessage(node, { attribute }) : node], wanted };
  };

  model.graph.node = model.graph.node.flatMap(
    (node) => expand(node, { callers: [], scope: [] }).nodes,
  );
  const isCalled = (body: FunctionProto, nodes: readonly NodeProto[]): boolean =>
    nodes.some(
      (node) =>
        functionOf(node) === body || node.attribute.some(({ g }) => g && isCalled(body, g.node)),
    );
  const rest = model.functions.filter((body) => !inlined.has(body));
  model.functions = model.functions.filter(
    (body) => !inlined.has(body) || [model.graph, ...rest].some(({ node }) => isCalled(body, node)),
  );
}

/** The functions whose bodies a node is in, and the names of the graphs. */
interface Around {
  readonly callers: readonly FunctionProto[];
  readonly scope: readonly string[];
}

interface Expanded {
  readonly nodes: readonly NodeProto[];
  readonly wanted: boolean;
}

const keyOf = (
  item: { readonly domain: string; readonly overload: string },
  name: string,
): string => JSON.stringify([item.domain, name, item.overload]);

/** A version that a function has of operators of which the model has another. */
const otherOpset = (
  { opsetImport }: OnnxModel,
  body: FunctionProto,
): OperatorSetIdProto | undefined =>
  body.opsetImport.find(({ domain, version }) =>
    opsetImport.some((known) => isSameDomain(known.domain, domain) && known.version !== version),
  );

function importOperators(owner: string, model: OnnxModel, body: FunctionProto): void {
  const other = otherOpset(model, body);
  if (other !== undefined) {
    throw new Error(
      `${owner}: function ${body.name} must use the model's version of operators, got ${other.version} of ${other.domain || "ai.onnx"}`,
    );
  }
  const isKnown = ({ domain }: OperatorSetIdProto): boolean =>
    model.opsetImport.some((known) => isSameDomain(known.domain, domain));
  model.opsetImport.push(...body.opsetImport.filter((entry) => !isKnown(entry)));
}

const isSameDomain = (a: string, b: string): boolean =>
  a === b || (isStandardDomain(a) && isStandardDomain(b));
