import { countUses } from "./rewire.js";
import type { GraphProto } from "./schema.js";

/**
 * Takes out of a graph, in place, what only the named tensors were for: a node, constant or input
 * that makes one of them and that nothing reads, and then in turn what only that one read. An input
 * that is not named stays.
 */
export function prune(graph: GraphProto, tensors: readonly string[]): void {
  const uses = countUses(graph);
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const unused = new Set<string>();
  const dead = new Set<object>();
  const pending = tensors.filter((name) => !uses.get(name));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    unused.add(name);
    const node = producers.get(name);
    if (node === undefined || dead.has(node) || node.output.some((other) => uses.get(other)))
      continue;
    dead.add(node);
    for (const input of node.input) {
      const left = (uses.get(input) ?? 0) - 1;
      uses.set(input, left);
      if (left === 0) pending.push(input);
    }
  }
  const isInput = new Set(graph.input.map(({ name }) => name));
  graph.node = graph.node.filter((node) => !dead.has(node));
  graph.initializer = graph.initializer.filter(
    ({ name }) => !unused.has(name) || (isInput.has(name) && !tensors.includes(name)),
  );
  graph.valueInfo = graph.valueInfo.filter(({ name }) => !unused.has(name));
  graph.input = graph.input.filter(({ name }) => !(unused.has(name) && tensors.includes(name)));
}
