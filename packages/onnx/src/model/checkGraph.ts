import { nodeLabel } from "../labels/nodeLabel.js";
import type { GraphProto, NodeProto, TensorProto } from "./schema.js";

/** A graph's tensors by the name of what makes them, and the graph around it. */
interface Scope {
  readonly owner: string;
  readonly makers: Map<string, string>;
  readonly nodes: readonly NodeProto[];
  readonly outer?: Scope;
}

/**
 * Checks that each tensor of a graph whose nodes are in order, and of the graphs in it, is made once and before it is read.
 * One pass over the nodes; no weight is read.
 * @throws {Error} That names the node and the tensor.
 */
export function checkGraph(owner: string, graph: GraphProto, outer?: Scope): void {
  const scope: Scope = { owner, makers: new Map(), nodes: graph.node, outer };
  for (const { name } of graph.input) addMaker(scope, name, "an input");
  const inputs = new Set(scope.makers.keys());
  for (const tensor of graph.initializer) {
    checkSizes(owner, tensor);
    // Until IR version 4 an initializer was the default of an input.
    if (!inputs.delete(tensor.name)) addMaker(scope, tensor.name, "a constant");
  }
  for (const { values } of graph.sparseInitializer) {
    if (values && !inputs.delete(values.name)) addMaker(scope, values.name, "a constant");
  }
  checkNodes(scope);
  for (const { name } of graph.output) {
    if (!isMade(scope, name)) {
      throw new Error(
        `${owner}: output ${name} must be made in the model, got nothing that makes it`,
      );
    }
  }
}

/** Checks the nodes of a function's body, which sees its inputs and nothing else. */
export function checkFunction(
  owner: string,
  { input, node }: { readonly input: readonly string[]; readonly node: readonly NodeProto[] },
): void {
  const scope: Scope = { owner, makers: new Map(), nodes: node };
  for (const name of input) addMaker(scope, name, "an input");
  checkNodes(scope);
}

function checkNodes(scope: Scope): void {
  for (const node of scope.nodes) {
    if (node.opType === "") {
      throw new Error(
        `${scope.owner}: node must have an operator, got none in the node that makes ${node.output.join(", ")}`,
      );
    }
    for (const name of node.input) {
      if (name !== "" && !isMade(scope, name)) throw unmadeError(scope, node, name);
    }
    for (const { t, g, graphs } of node.attribute) {
      if (t !== undefined) checkSizes(scope.owner, t);
      if (g !== undefined) checkGraph(scope.owner, g, scope);
      for (const graph of graphs) checkGraph(scope.owner, graph, scope);
    }
    for (const name of node.output) if (name !== "") addMaker(scope, name, nodeLabel(node));
  }
}

function isMade(scope: Scope, name: string): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.makers.has(name)) return true;
  }
  return false;
}

function addMaker({ owner, makers }: Scope, name: string, maker: string): void {
  const other = makers.get(name);
  if (other !== undefined) {
    throw new Error(`${owner}: tensor ${name} must be made once, got ${other} and ${maker}`);
  }
  makers.set(name, maker);
}

function unmadeError(scope: Scope, node: NodeProto, name: string): Error {
  const got = madeLater(scope, name)
    .map((maker) => (maker === node ? "itself as its maker" : `${nodeLabel(maker)} after it`))
    .concat("nothing that makes it")[0];
  return new Error(
    `${scope.owner}: tensor ${name} must be made before ${nodeLabel(node)} reads it, got ${got}`,
  );
}

function madeLater({ nodes, outer }: Scope, name: string): NodeProto[] {
  const here = nodes.filter(({ output }) => output.includes(name));
  return outer === undefined ? here : [...here, ...madeLater(outer, name)];
}

function checkSizes(owner: string, { name, dims }: TensorProto): void {
  if (dims.some((size) => size < 0n)) {
    throw new Error(`${owner}: tensor ${name} must have sizes >= 0, got [${dims.join(", ")}]`);
  }
}
