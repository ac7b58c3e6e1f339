import { type Constants, constantsOf } from "../constants/constantsOf.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { type ScopedGraph, walkGraphs } from "../scopes/walkGraphs.js";

/** A graph in which dropout is looked for, and what is constant in it and around it. */
export interface InspectedGraph extends ScopedGraph {
  readonly constants: Constants;
}

/** `walkGraphs`, with the model's constants. */
export function inspectedGraphs(model: OnnxModel): InspectedGraph[] {
  const constants = constantsOf(model);
  return walkGraphs(model.graph).map((scoped) => ({ ...scoped, constants }));
}
