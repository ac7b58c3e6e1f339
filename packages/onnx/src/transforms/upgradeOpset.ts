import { constantIn } from "../constants/constantIn.js";
import { constantsOf } from "../constants/constantsOf.js";
import { fedInputs } from "../constants/fedInputs.js";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { countUses } from "../model/rewire.js";
import type { GraphProto } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";
import { importsAt } from "../opset/importsAt.js";
import { irVersionOf, NEWEST_OPSET, OLDEST_OPSET } from "../opset/irVersions.js";
import { upgradeFunction } from "../opset/upgradeFunction.js";
import { type UpgradeContext, upgradeNodes } from "../opset/upgradeNodes.js";
import { inferNestedShapes } from "../shapes/inferShapes.js";
import { replacedBy, replacementOf, replaceRecord, sitesOf } from "../sites/site.js";

/**
 * The model at a later version of the operator set, computing the same: nodes whose schema changed are
 * written anew, in nested graphs and functions too; tensors keep their names, weights are shared. The
 * file format's version is raised where the set needs it. `noise: "graph"` needs version 18.
 * @param version Integer in [the model's version, 24].
 * @throws {RangeError} If `version` is not such.
 * @throws {Error} If a node cannot be written at that version; it names the first.
 */
export function upgradeOpset(model: ModelLike, version: number): OnnxModel {
  const upgraded = copyModel(modelOf("upgradeOpset", model));
  const from = opsetOf(upgraded);
  checkVersion(from, version);
  if (from === version) return upgraded;
  const { graph } = upgraded;
  const builder = new GraphBuilder("", graph);
  const context = contextOf(upgraded, { builder, from, target: version });
  graph.node = upgradeNodes(graph.node, context);
  upgradeSites(upgraded, context);
  graph.initializer.push(...builder.initializers);
  upgraded.functions = upgraded.functions.map((item) => upgradeFunction(item, version));
  upgraded.opsetImport = importsAt(upgraded.opsetImport, version);
  // A constant that is no input came with format 4.
  const isAdded = builder.initializers.length > 0;
  raiseFormat(upgraded, Math.max(irVersionOf(version), isAdded ? 4 : 0));
  return upgraded;
}

function checkVersion(from: number, version: number): void {
  if (!(from >= OLDEST_OPSET)) {
    throw new RangeError(
      `upgradeOpset: model must have opset ${OLDEST_OPSET} or later, got ${from}`,
    );
  }
  if (!(Number.isInteger(version) && version >= from && version <= Math.max(from, NEWEST_OPSET))) {
    throw new RangeError(
      `upgradeOpset: version must be an integer in [${from}, ${NEWEST_OPSET}], got ${version}`,
    );
  }
}

/** The nodes that sites stand in the place of, which `stripDropout` puts back. */
function upgradeSites(model: OnnxModel, context: UpgradeContext): void {
  for (const site of sitesOf(model)) {
    const node = replacedBy(site);
    if (node === undefined) continue;
    const [upgraded, ...others] = upgradeNodes([node], context);
    // What it read besides would have to be kept in the model, though nothing there reads it.
    if (others.length > 0 || upgraded.input.join() !== node.input.join()) {
      throw new Error(
        `upgradeOpset: site ${site.site} must stand for a node that stays one node, got ${node.opType}; upgrade the model before dropout is put in`,
      );
    }
    if (upgraded !== node) {
      replaceRecord(model, { ...site, replaces: replacementOf(upgraded) });
    }
  }
}

function contextOf(
  model: OnnxModel,
  { builder, from, target }: Pick<UpgradeContext, "builder" | "from" | "target">,
): UpgradeContext {
  const infos = inferNestedShapes(model);
  const constants = constantsOf(model);
  const uses = countUses(model.graph);
  const names = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  const contextIn = (
    graph: GraphProto,
    around: (tensor: string) => TensorInfo | undefined,
  ): UpgradeContext => {
    const info = (tensor: string): TensorInfo | undefined =>
      infos.get(graph)?.get(tensor) ?? around(tensor);
    return {
      builder,
      from,
      target,
      info,
      constant: (tensor) =>
        constants.elements(graph, tensor) ??
        constantIn({ initializer: builder.initializers, node: [] }, tensor),
      isRead: (tensor) => uses.has(tensor),
      isCall: ({ domain, opType }) => names.has(`${domain}:${opType}`),
      inside: (inner) => contextIn(inner, info),
    };
  };
  return contextIn(model.graph, () => undefined);
}

/** Until format 4 all constants had to be inputs; later that would say that a caller may replace them. */
function raiseFormat(model: OnnxModel, version: number): void {
  const before = model.irVersion;
  if (before >= BigInt(version)) return;
  model.irVersion = BigInt(version);
  if (before >= 4n || version < 4) return;
  model.graph.input = fedInputs(model.graph);
}
