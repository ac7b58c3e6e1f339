import { constantsOf } from "../constants/constantsOf.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { GraphProto } from "../model/schema.js";
import { inferShapes, type TensorInfos } from "../shapes/inferShapes.js";
import { nodesWithoutSites } from "./nodesWithoutSites.js";

/** What is known of a model's graph before it runs, and the transform that asks. */
export interface GraphFacts {
  readonly owner: string;
  /** The graph without our sites. */
  readonly graph: GraphProto;
  /** The graph as it is. */
  readonly whole: GraphProto;
  readonly infos: TensorInfos;
  /** Tensors that no input of the graph has part in: weights, and what is made of them. */
  readonly constants: Pick<ReadonlySet<string>, "has">;
}

export function graphFacts(owner: string, model: OnnxModel): GraphFacts {
  const graph = copyMessage(model.graph, { node: nodesWithoutSites(model) });
  const clean = copyMessage(model, { graph });
  const known = constantsOf(clean);
  const constants = { has: (tensor: string) => known.isConstant(graph, tensor) };
  return { owner, graph, whole: model.graph, infos: inferShapes(clean), constants };
}
