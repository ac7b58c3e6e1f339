import { copyMessage, copyModel, type OnnxModel } from "../codec.js";
import { inferShapes, type TensorInfos } from "../shapes/inferShapes.js";
import { valueInfoOf } from "../valueInfo.js";
import { inlineCalls } from "./inlineCalls.js";
import { type ScopedGraph, scopedGraph } from "./walkGraphs.js";

/** `inferShapes` of a graph that may be nested, with what is known of the graphs around it, through calls of functions. */
export function shapesIn(model: OnnxModel, scoped: ScopedGraph): TensorInfos {
  if (model.functions.length === 0) return nestedShapes(model, scoped);
  const flat = copyModel(model);
  inlineCalls(flat, { owner: "inferShapes" });
  return nestedShapes(flat, scopedGraph(flat.graph, scoped.scope));
}

function nestedShapes(model: OnnxModel, { graph, holder }: ScopedGraph): TensorInfos {
  if (holder === undefined) return inferShapes(model);
  const { outer } = holder;
  const around = Array.from(nestedShapes(model, outer), ([name, info]) => valueInfoOf(name, info));
  const inside = copyMessage(graph, {
    valueInfo: [...graph.valueInfo, ...around],
    initializer: [...outer.graph.initializer, ...graph.initializer],
  });
  return inferShapes(copyMessage(model, { graph: inside }));
}
