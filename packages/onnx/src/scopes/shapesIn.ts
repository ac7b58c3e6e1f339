import { copyMessage, type OnnxModel } from "../codec.js";
import { inferShapes, type TensorInfos } from "../shapes/inferShapes.js";
import { valueInfoOf } from "../valueInfo.js";
import type { ScopedGraph } from "./walkGraphs.js";

/** `inferShapes` of a graph that may be nested, with what is known of the graphs around it. */
export function shapesIn(model: OnnxModel, { graph, holder }: ScopedGraph): TensorInfos {
  if (holder === undefined) return inferShapes(model);
  const { outer } = holder;
  const around = Array.from(shapesIn(model, outer), ([name, info]) => valueInfoOf(name, info));
  const inside = copyMessage(graph, {
    valueInfo: [...graph.valueInfo, ...around],
    initializer: [...outer.graph.initializer, ...graph.initializer],
  });
  return inferShapes(copyMessage(model, { graph: inside }));
}
