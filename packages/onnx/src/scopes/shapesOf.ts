import { copyMessage, copyModel, type OnnxModel } from "../codec.js";
import { inferShapes, type TensorInfos } from "../shapes/inferShapes.js";
import { valueInfoOf } from "../valueInfo.js";
import { inlineCalls } from "./inlineCalls.js";
import { type ScopedGraph, walkGraphs } from "./walkGraphs.js";

/** What is known of the tensors of a scope's graph, and of those that it sees of the graphs around it. */
export type ShapesOf = (scope: readonly string[]) => TensorInfos;

/** `inferShapes` for all graphs of a model, through calls of functions. */
export function shapesOf(model: OnnxModel): ShapesOf {
  const flat = copyModel(model);
  inlineCalls(flat, { owner: "inferShapes" });
  const keyOf = (scope: readonly string[]): string => JSON.stringify(scope);
  const known = new Map<string, TensorInfos>();
  for (const scoped of walkGraphs(flat.graph)) {
    const around = scoped.holder && known.get(keyOf(scoped.holder.outer.scope));
    known.set(keyOf(scoped.scope), inferShapes(within(flat, scoped, around)));
  }
  return (scope) => known.get(keyOf(scope)) ?? new Map();
}

/** A model of one graph, which declares what it sees of those around it. */
function within(
  model: OnnxModel,
  { graph, holder }: ScopedGraph,
  around: TensorInfos = new Map(),
): OnnxModel {
  if (holder === undefined) return model;
  const { initializer } = holder.outer.graph;
  const constants = new Set(initializer.map(({ name }) => name));
  const seen = Array.from(around, ([name, info]) => valueInfoOf(name, info));
  const inside = copyMessage(graph, {
    input: [...graph.input, ...seen.filter(({ name }) => !constants.has(name))],
    initializer: [...initializer, ...graph.initializer],
  });
  return copyMessage(model, { graph: inside });
}
