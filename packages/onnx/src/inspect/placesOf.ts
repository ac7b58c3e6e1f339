import { fedInputs } from "../constants/fedInputs.js";
import { isGenerator } from "../model/isGenerator.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { countUses, readsOf } from "../model/rewire.js";
import type { NodeProto } from "../model/schema.js";
import type { Dim } from "../model/valueInfo.js";
import { graphsWithoutSites } from "../scopes/graphsWithoutSites.js";
import { shapesOf } from "../scopes/shapesOf.js";
import type { ScopedGraph } from "../scopes/walkGraphs.js";
import { isDropout } from "./dropoutNode.js";
import { isFloat } from "./isFloat.js";

/** A tensor that noise can go to: `insertDropout` takes its name, its operator's type, or its scope. */
export interface DropoutPlace {
  readonly tensor: string;
  /** The node that makes it, and its operator; none for an input. */
  readonly node?: string;
  readonly opType?: string;
  /** What the node's name starts with, up to the last `/`, behind the names of the graphs around it. */
  readonly scope: string;
  readonly dims: readonly Dim[];
}

/** The floats that come of a model's inputs, that are read and where noise is not yet, in the order of the nodes. */
export function placesOf(model: OnnxModel): DropoutPlace[] {
  const live = new Map<ScopedGraph["graph"], Set<string>>();
  const shapes = shapesOf(model);
  return graphsWithoutSites(model).flatMap(({ scoped, nodes }) => {
    const { graph, scope, holder } = scoped;
    const inputs = fedInputs(graph).map(({ name }) => name);
    const around = holder && live.get(holder.outer.graph);
    const values = new Set([...(around ?? []), ...inputs]);
    live.set(graph, values);
    for (const node of graph.node) {
      if (isSource(node) || !readsOf(node).some((name) => values.has(name))) continue;
      for (const name of node.output) values.add(name);
    }
    const infos = shapes(scope);
    const uses = countUses(graph);
    const place = (tensor: string, node?: NodeProto): DropoutPlace[] => {
      const info = infos.get(tensor);
      if (info === undefined || !isFloat(info) || !values.has(tensor)) return [];
      if (!uses.has(tensor)) return [];
      const path = [...scope, node?.name ?? ""].join("/");
      const made = node && { node: node.name, opType: node.opType };
      return [
        { tensor, ...made, scope: path.slice(0, path.lastIndexOf("/") + 1), dims: info.dims },
      ];
    };
    return [
      ...inputs.flatMap((tensor) => place(tensor)),
      ...nodes.flatMap((node) =>
        isDropout(node) ? [] : node.output.flatMap((name) => place(name, node)),
      ),
    ];
  });
}

/** What such nodes make depends on sizes or on chance, and not on the values that they read. */
const isSource = (node: NodeProto): boolean =>
  isGenerator(node) || ["ConstantOfShape", "Shape", "Size"].includes(node.opType);
