import {
  type GraphProto,
  graphAttribute,
  type NodeProto,
  readsOf,
  valueInfoOf,
} from "@dropoutkit/onnx/graph";
import { ancestors, dependents } from "../backward/reachability.js";
import { nestedScope, type Scope } from "../backward/Scope.js";
import { GradientSums } from "../trainer/GradientSums.js";
import { filledLike } from "./emit/filledLike.js";
import { type GradientContext, type GradientRule, serving } from "./GradientRule.js";

const BRANCHES = ["then_branch", "else_branch"] as const;

/**
 * One of two graphs, which read tensors around them. Its gradient is an If by the same condition: each
 * branch computes its forward graph again, as far as it is read, and the gradients with respect to the tensors that
 * either branch reads, zeros by those of the other.
 */
export const If: GradientRule = serving("all", (context) => {
  const { node, builder, graphs } = context;
  const ways = branchesOf(node).map((branch) => wayBack(context, branch));
  const tensors = [...new Set(ways.flatMap(({ gradients }) => [...gradients.keys()]))];
  if (tensors.length === 0) return [];
  const branches = ways.map((way, i) => [BRANCHES[i], branchOf(way, tensors)] as const);
  const results = builder.ops("If", [node.input[0]], {
    attributes: Object.fromEntries(branches),
    outputs: tensors.map((tensor) => builder.uniqueName(`${tensor}.grad`)),
  });
  tensors.forEach((tensor, i) => {
    graphs.add(tensor, results[i]);
  });
  return [];
});

/** The two graphs of an If; of other nodes none. */
export const branchesOf = (node: NodeProto): GraphProto[] =>
  BRANCHES.flatMap((name) => graphAttribute(node, name) ?? []);

interface WayBack {
  readonly branch: GraphProto;
  /** The forward nodes, some of which write more for the way back. */
  readonly nodes: readonly NodeProto[];
  readonly scope: Scope;
  /** By the active tensors around the branch that it reads. */
  readonly gradients: ReadonlyMap<string, string>;
}

function wayBack(
  { builder, outputGradients, graphs }: GradientContext,
  branch: GraphProto,
): WayBack {
  const outer = graphs.scope;
  const nodes = [...branch.node];
  const scope = nestedScope(outer, branch, {
    builder: builder.nested(`grad/${branch.name}`),
    active: dependents(nodes, {
      names: [...outer.active],
      infos: outer.infos.get(branch) ?? new Map(),
    }),
    wants: outer.wants,
  });
  const sums = new GradientSums(scope.builder);
  branch.output.forEach(({ name }, i) => {
    const gradient = outputGradients[i];
    if (gradient !== undefined && scope.active.has(name)) sums.add(name, gradient);
  });
  graphs.goBack(nodes, sums, scope);
  const read = new Set([...nodes.flatMap(readsOf), ...branch.output.map(({ name }) => name)]);
  const gradients = new Map<string, string>();
  for (const name of read) {
    const gradient = outer.active.has(name) ? sums.of(name) : undefined;
    if (gradient !== undefined) gradients.set(name, gradient);
  }
  return { branch, nodes, scope, gradients };
}

/** The graph of a way back, whose outputs are the gradients with respect to the named tensors. */
function branchOf(
  { branch, nodes, scope, gradients }: WayBack,
  tensors: readonly string[],
): GraphProto {
  const { builder } = scope;
  const outputs = tensors.map((tensor) => {
    const gradient = gradients.get(tensor) ?? filledLike(scope, tensor, 0);
    return valueInfoOf(builder.op("Identity", [gradient]), scope.info(tensor));
  });
  const graph = builder.graph({ name: `${branch.name}.grad`, inputs: [], outputs });
  const needed = ancestors(nodes, ...graph.node.flatMap(readsOf));
  const again = nodes.filter(({ output }) => output.some((name) => needed.has(name)));
  graph.node.unshift(...again);
  graph.initializer.push(...branch.initializer);
  return graph;
}
