import { nestedGraphs, walkGraphs } from "../scopes/walkGraphs.js";
import { copyMessage } from "./copyModel.js";
import { countUses } from "./rewire.js";
import type { AttributeProto, GraphProto, NodeProto } from "./schema.js";

/**
 * Takes out of a graph, in place, and out of those nested in it what only the named tensors were for: a
 * node, constant or input that makes one of them and that nothing reads, and then in turn what only
 * that one read. An input that is not named stays, and so do those of nested graphs.
 */
export function prune(graph: GraphProto, tensors: readonly string[]): void {
  const uses = countUses(graph);
  // An optional tensor that a node does without: no use of another's.
  uses.delete("");
  const nodes = walkGraphs(graph).flatMap((scoped) => scoped.graph.node);
  const producers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node])));
  const unused = new Set<string>();
  const dead = new Set<object>();
  const pending = tensors.filter((name) => !uses.get(name));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    unused.add(name);
    const node = producers.get(name);
    if (node === undefined || dead.has(node) || node.output.some((other) => uses.get(other)))
      continue;
    kill(node);
  }
  /** What is nested in a node goes with it, and reads its tensors once. */
  function kill(node: NodeProto): void {
    if (dead.has(node)) return;
    dead.add(node);
    const inner = nestedGraphs(node).map((nested) => nested.graph);
    const results = inner.flatMap(({ output }) => output.map(({ name }) => name));
    for (const name of [...node.input, ...results].filter((given) => given !== "")) {
      const left = (uses.get(name) ?? 0) - 1;
      uses.set(name, left);
      if (left === 0) pending.push(name);
    }
    for (const nested of inner) nested.node.forEach(kill);
  }
  const isInput = new Set(graph.input.map(({ name }) => name));
  const isKept = (name: string): boolean =>
    !unused.has(name) || (isInput.has(name) && !tensors.includes(name));
  Object.assign(graph, pruned(graph, { dead, isKept }));
  graph.input = graph.input.filter(({ name }) => isKept(name));
}

interface Pruning {
  readonly dead: ReadonlySet<object>;
  readonly isKept: (tensor: string) => boolean;
}

/** The lists of a graph without what is dead. */
function pruned(
  { node, initializer, valueInfo }: GraphProto,
  { dead, isKept }: Pruning,
): Pick<GraphProto, "node" | "initializer" | "valueInfo"> {
  const inside = (item: AttributeProto): AttributeProto =>
    item.g === undefined
      ? item
      : copyMessage(item, { g: copyMessage(item.g, pruned(item.g, { dead, isKept })) });
  return {
    node: node
      .filter((item) => !dead.has(item))
      .map((item) =>
        item.attribute.some(({ g }) => g !== undefined)
          ? copyMessage(item, { attribute: item.attribute.map(inside) })
          : item,
      ),
    initializer: initializer.filter(({ name }) => isKept(name)),
    valueInfo: valueInfo.filter(({ name }) => isKept(name)),
  };
}
