import { clearField, isFieldSet } from "@bufbuild/protobuf";
import { nodeName } from "../labels/nodeName.js";
import { copyMessage } from "../model/copyModel.js";
import { metadataOf, setMetadata } from "../model/metadata.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { type NodeProto, NodeProtoSchema } from "../model/schema.js";
import { openGraph } from "./openGraph.js";
import { nestedGraphs, walkGraphs } from "./walkGraphs.js";

const { field } = NodeProtoSchema;

const KEY = "dropoutkit.named";

/** A node that was given a name: the scope of its graph, the name, and whether the file wrote an empty one. */
type Named = readonly [scope: readonly string[], name: string, wasWritten: boolean];

/**
 * Gives nodes that hold graphs, and have no name, the one that they go by, in place: the names of sites in
 * them are made of it, and what they go by otherwise, their first output, may be renamed.
 */
export function nameHolders(model: OnnxModel): void {
  const found = walkGraphs(model.graph).flatMap(({ graph, scope }): Named[] =>
    graph.node
      .filter((node) => node.name === "" && nestedGraphs(node).length > 0)
      .map((node) => [scope, nodeName(node), isFieldSet(node, field.name)]),
  );
  if (found.length === 0) return;
  for (const named of found) rename(model, named, (node) => copyMessage(node, { name: named[1] }));
  setMetadata(model, KEY, JSON.stringify([...namedIn(model), ...found]));
}

/** Takes these names away again, in place. */
export function forgetHolders(model: OnnxModel): void {
  for (const named of namedIn(model).reverse()) {
    rename(model, named, (node) => {
      const unnamed = copyMessage(node, { name: "" });
      // An empty name takes two bytes in the file, none takes none.
      if (!named[2]) clearField(unnamed, field.name);
      return unnamed;
    });
  }
  setMetadata(model, KEY, undefined);
}

function rename(
  model: OnnxModel,
  [scope, known]: Named,
  change: (node: NodeProto) => NodeProto,
): void {
  const isOpen = scope.length === 0 || scopesOf(model).has(JSON.stringify(scope));
  if (!isOpen) return;
  const { graph } = openGraph(model, scope);
  const at = graph.node.findIndex(
    (node) => nodeName(node) === known && nestedGraphs(node).length > 0,
  );
  if (at >= 0) graph.node[at] = change(graph.node[at]);
}

const scopesOf = ({ graph }: OnnxModel): Set<string> =>
  new Set(walkGraphs(graph).map(({ scope }) => JSON.stringify(scope)));

function namedIn(model: OnnxModel): Named[] {
  const written = metadataOf(model, KEY);
  if (written === undefined) return [];
  const named: unknown = JSON.parse(written);
  if (Array.isArray(named) && named.every(isNamed)) return named;
  throw new Error(
    `stripDropout: metadata ${KEY} must be a list of scopes and names, got ${written}`,
  );
}

const isNamed = (value: unknown): value is Named =>
  Array.isArray(value) &&
  Array.isArray(value[0]) &&
  typeof value[1] === "string" &&
  typeof value[2] === "boolean";
