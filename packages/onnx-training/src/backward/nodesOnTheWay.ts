import {
  type GraphProto,
  graphAttribute,
  intAttribute,
  type NodeProto,
  type TensorInfos,
} from "@dropoutkit/onnx/graph";
import { branchesOf } from "../gradients/If.js";
import { ancestors, dependents, dependentsInBody } from "./reachability.js";

export interface WayOptions {
  /** Tensors that the loss depends on. */
  readonly ends: readonly string[];
  /** Tensors of the graph that change with those that gradients are wanted by. */
  readonly active: ReadonlySet<string>;
  readonly infos: ReadonlyMap<GraphProto, TensorInfos>;
}

/** A node, and the tensors of its graph that change with those that gradients are wanted by. */
export interface NodeOnTheWay {
  readonly node: NodeProto;
  readonly active: ReadonlySet<string>;
}

/** The nodes that gradients go through, in the bodies of Scans and the branches of Ifs too. */
export function nodesOnTheWay(
  { node: nodes }: GraphProto,
  { ends, active, infos }: WayOptions,
): NodeOnTheWay[] {
  const reached = ancestors(nodes, ...ends);
  const inside = (graph: GraphProto, own: ReadonlySet<string>): NodeOnTheWay[] =>
    nodesOnTheWay(graph, { ends: graph.output.map(({ name }) => name), active: own, infos });
  return nodes
    .filter((node) => node.output.some((name) => active.has(name) && reached.has(name)))
    .flatMap((node) => {
      const branches = branchesOf(node).flatMap((branch) => {
        const options = { names: [...active], infos: infos.get(branch) ?? new Map() };
        return inside(branch, dependents(branch.node, options));
      });
      const body = node.opType === "Scan" ? graphAttribute(node, "body") : undefined;
      if (body === undefined) return [{ node, active }, ...branches];
      const states = node.input.length - intAttribute(node, "num_scan_inputs", 0);
      const options = { node, states, active, infos: infos.get(body) ?? new Map() };
      return [{ node, active }, ...inside(body, dependentsInBody(body, options))];
    });
}
