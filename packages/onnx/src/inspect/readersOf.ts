import { readsOf } from "../model/rewire.js";
import type { GraphProto, NodeProto } from "../model/schema.js";

/** What reads a tensor: nodes of the graph, for themselves or for graphs in them, and `"output"` where it is one of the graph's. */
export const readersOf = (graph: GraphProto, tensor: string): (NodeProto | "output")[] => [
  ...graph.node.filter((node) => readsOf(node).includes(tensor)),
  ...graph.output.flatMap(({ name }) => (name === tensor ? (["output"] as const) : [])),
];
