import { copyMessage, type OnnxModel } from "../codec.js";
import type { GraphProto } from "../schema.js";
import { inferShapes, type TensorInfos } from "../shapes/inferShapes.js";
import { ownNodes } from "./ownNodes.js";

/** What is known of a model's graph before it runs, and the transform that asks. */
export interface GraphFacts {
  readonly owner: string;
  /** The graph without our sites. */
  readonly graph: GraphProto;
  readonly infos: TensorInfos;
  /** Tensors that no input of the graph has part in. */
  readonly constants: ReadonlySet<string>;
}

export function graphFacts(owner: string, model: OnnxModel): GraphFacts {
  const graph = copyMessage(model.graph, { node: ownNodes(model) });
  const infos = inferShapes(copyMessage(model, { graph }));
  return { owner, graph, infos, constants: constantTensors(graph) };
}

/**
 * Initializers, and what nodes make of nothing else. An initializer that is an input too, as all are in
 * files of IR version 3, counts: it is the weight that a caller may replace.
 */
function constantTensors(graph: GraphProto): Set<string> {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  for (const { opType, input, output } of graph.node) {
    const given = input.filter((name) => name !== "");
    const isMade = given.length > 0 && given.every((name) => constants.has(name));
    if (isMade || opType === "Constant") for (const name of output) constants.add(name);
  }
  return constants;
}
