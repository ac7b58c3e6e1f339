import { copyMessage } from "./copyModel.js";
import type { AttributeProto, GraphProto, NodeProto } from "./schema.js";

/** The nodes with every reading of tensor `from` made a reading of `to`, in nested graphs too; nodes that do not read it are the same objects. */
export function rewire(nodes: readonly NodeProto[], from: string, to: string): NodeProto[] {
  return nodes.map((node) => {
    const input = node.input.includes(from)
      ? node.input.map((name) => (name === from ? to : name))
      : node.input;
    const attribute = mapSame(node.attribute, (item) => rewireAttribute(item, from, to));
    if (input === node.input && attribute === node.attribute) return node;
    return copyMessage(node, { input, attribute });
  });
}

function rewireAttribute(attribute: AttributeProto, from: string, to: string): AttributeProto {
  const inside = (graph: GraphProto): GraphProto => {
    const node = mapSame(graph.node, (item) => rewire([item], from, to)[0]);
    const reexports = graph.output.some(({ name }) => name === from);
    if (node === graph.node && !reexports) return graph;
    const output = graph.output.map((value) =>
      value.name === from ? copyMessage(value, { name: to }) : value,
    );
    return copyMessage(graph, { node, output });
  };
  const g = attribute.g && inside(attribute.g);
  const graphs = mapSame(attribute.graphs, inside);
  if (g === attribute.g && graphs === attribute.graphs) return attribute;
  return copyMessage(attribute, { g, graphs });
}

/** `items.map(change)`, or `items` itself where nothing changed. */
function mapSame<T>(items: T[], change: (item: T) => T): T[] {
  const changed = items.map(change);
  return changed.every((item, i) => item === items[i]) ? items : changed;
}

/** The nodes with output `from` named `to`. */
export function renameOutput(nodes: readonly NodeProto[], from: string, to: string): NodeProto[] {
  return nodes.map((node) =>
    node.output.includes(from)
      ? copyMessage(node, { output: node.output.map((name) => (name === from ? to : name)) })
      : node,
  );
}

/** The tensors that a node reads, and those that the graphs nested in it read. */
export function readsOf({ input, attribute }: NodeProto): string[] {
  const nested = attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
  return [...input, ...nested.flatMap(readsOfGraph)];
}

const readsOfGraph = ({ node, output }: GraphProto): string[] => [
  ...output.map(({ name }) => name),
  ...node.flatMap(readsOf),
];

/** How often each tensor is read: by nodes, in nested graphs too, and as an output of the graph. */
export function countUses(graph: GraphProto): Map<string, number> {
  const uses = new Map<string, number>();
  for (const name of readsOfGraph(graph)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}
