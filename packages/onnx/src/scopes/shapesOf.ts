import { copyModel } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { inferNestedShapes, type TensorInfos } from "../shapes/inferShapes.js";
import { inlineCalls } from "./inlineCalls.js";
import { walkGraphs } from "./walkGraphs.js";

/** What is known of the tensors of a scope's graph, and of those that it sees of the graphs around it. */
export type ShapesOf = (scope: readonly string[]) => TensorInfos;

/** `inferShapes` for all graphs of a model, through calls of functions. */
export function shapesOf(model: OnnxModel): ShapesOf {
  const flat = copyModel(model);
  inlineCalls(flat, { owner: "inferShapes" });
  const infos = inferNestedShapes(flat);
  const keyOf = (scope: readonly string[]): string => JSON.stringify(scope);
  const known = new Map<string, TensorInfos>();
  for (const { graph, scope, holder } of walkGraphs(flat.graph)) {
    const around = holder === undefined ? [] : (known.get(keyOf(holder.outer.scope)) ?? []);
    known.set(keyOf(scope), new Map([...around, ...(infos.get(graph) ?? [])]));
  }
  return (scope) => known.get(keyOf(scope)) ?? new Map();
}
