import { nodeLabel } from "../labels/nodeLabel.js";
import { copyMessage } from "./copyModel.js";
import { MAX_NESTED_GRAPHS, nestingError } from "./nesting.js";
import type { AttributeProto, GraphProto, NodeProto } from "./schema.js";

/** Nodes in an order in which each comes behind what it reads. */
interface Sorted<T> {
  readonly sorted: T;
  /** The tensors around it that it reads. */
  readonly free: readonly string[];
}

/**
 * The graph with its nodes, and those of the graphs nested in it, behind the nodes whose results they read, as runtimes
 * put them that open a file of another order; otherwise they stay in theirs. The graph itself where all are.
 * @throws {Error} If nodes read each other's results; it names them.
 */
export function sortGraph(owner: string, graph: GraphProto): GraphProto {
  return sortNested(owner, graph, 0).sorted;
}

/** The same for the nodes of a function. */
export const sortNodes = (owner: string, nodes: NodeProto[]): NodeProto[] =>
  sortList(owner, nodes, 0).sorted;

function sortNested(owner: string, graph: GraphProto, depth: number): Sorted<GraphProto> {
  if (depth > MAX_NESTED_GRAPHS) throw nestingError(owner);
  const { sorted: node, free } = sortList(owner, graph.node, depth);
  const own = new Set(node.flatMap(({ output }) => output));
  for (const { name } of [...graph.input, ...graph.initializer]) own.add(name);
  const read = [...free, ...graph.output.map(({ name }) => name)];
  return {
    sorted: node === graph.node ? graph : copyMessage(graph, { node }),
    free: read.filter((name) => !own.has(name)),
  };
}

function sortList(owner: string, nodes: NodeProto[], depth: number): Sorted<NodeProto[]> {
  const inside = nodes.map((node) => sortInside(owner, node, depth));
  const free = depth === 0 ? [] : inside.flatMap((node) => node.free);
  const makers = new Map<string, number>();
  nodes.forEach(({ output }, i) => {
    for (const name of output) if (name !== "") makers.set(name, i);
  });
  const isOrdered = inside.every((node, i) =>
    node.free.every((name) => (makers.get(name) ?? i) <= i),
  );
  if (isOrdered) {
    const isSame = inside.every(({ sorted }, i) => sorted === nodes[i]);
    return { sorted: isSame ? nodes : inside.map(({ sorted }) => sorted), free };
  }
  const madeBy = (i: number): number[] =>
    inside[i].free.flatMap((name) => {
      const maker = makers.get(name);
      return maker === undefined || maker === i ? [] : [maker];
    });
  const order = orderOf(nodes.length, madeBy, (circle) => {
    const names = circle.map((i) => nodeLabel(nodes[i])).join(", ");
    return new Error(
      `${owner}: nodes must not read each other's results, got a circle of ${names}`,
    );
  });
  return { sorted: order.map((i) => inside[i].sorted), free };
}

/** A node with the graphs in it sorted. */
function sortInside(owner: string, node: NodeProto, depth: number): Sorted<NodeProto> {
  const holdsGraphs = node.attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0);
  if (!holdsGraphs) return { sorted: node, free: node.input };
  const free = [...node.input];
  const nested = (graph: GraphProto): GraphProto => {
    const { sorted, free: around } = sortNested(owner, graph, depth + 1);
    for (const name of around) free.push(name);
    return sorted;
  };
  const attribute = node.attribute.map((item): AttributeProto => {
    const g = item.g && nested(item.g);
    const graphs = item.graphs.map(nested);
    const isSame = g === item.g && graphs.every((graph, i) => graph === item.graphs[i]);
    return isSame ? item : copyMessage(item, { g, graphs });
  });
  const isSame = attribute.every((item, i) => item === node.attribute[i]);
  return { sorted: isSame ? node : copyMessage(node, { attribute }), free };
}

/** The numbers from 0 to `count`, each behind those that it needs; without recursion, since chains are as long as files. */
function orderOf(
  count: number,
  needs: (item: number) => readonly number[],
  circleError: (circle: readonly number[]) => Error,
): number[] {
  const order: number[] = [];
  const state = new Array<"open" | "done" | undefined>(count);
  for (let start = 0; start < count; start++) {
    const path = [{ item: start, left: [...needs(start)] }];
    if (state[start] === "done") continue;
    state[start] = "open";
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.left.shift();
      if (next === undefined) {
        state[last.item] = "done";
        order.push(last.item);
        path.pop();
      } else if (state[next] === "open") {
        const items = path.map(({ item }) => item);
        throw circleError(items.slice(items.indexOf(next)));
      } else if (state[next] === undefined) {
        state[next] = "open";
        path.push({ item: next, left: [...needs(next)] });
      }
    }
  }
  return order;
}
