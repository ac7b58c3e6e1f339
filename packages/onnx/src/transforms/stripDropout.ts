import { inferBatchNorm } from "../batchNorm/inferBatchNorm.js";
import { GraphBuilder } from "../emit/GraphBuilder.js";
import { type FoundDropout, findDropout, holdsDropout } from "../inspect/findDropout.js";
import { inspectedGraphs } from "../inspect/InspectedGraph.js";
import { copyModel } from "../model/copyModel.js";
import { modelOf } from "../model/decodeModel.js";
import { isGenerator } from "../model/isGenerator.js";
import type { ModelLike, OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { prune } from "../model/prune.js";
import { readsOf, renameOutput } from "../model/rewire.js";
import { DROPOUT_KEY } from "../noise/dropoutKey.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { forgetHolders } from "../scopes/nameHolders.js";
import { openGraph } from "../scopes/openGraph.js";
import { shapesOf } from "../scopes/shapesOf.js";
import { replacedBy, type Site, sitesOf } from "../sites/site.js";
import { bypass } from "../strip/bypass.js";
import { emitKept, maskTypeOf } from "../strip/emitKept.js";
import { stripSites } from "../strip/stripSites.js";
import { withoutOverlap } from "../strip/withoutOverlap.js";

const owner = "stripDropout";

/**
 * The model for inference: what dropoutkit put in computes its variant's inference, a node that it
 * replaced is back, a model's own dropout is gone, `Dropout` nodes of any opset and what `inspectDropout`
 * calls a pattern, and so are the inputs that only noise read. A mask of a `Dropout` that is read keeps all.
 * BatchNormalization normalises by the running statistics (`inferBatchNorms`). Functions that hold any of these
 * are inlined. A model in which `inspectDropout` finds no site and no pitfall `batchStatistics` stays as it is.
 * @throws {Error} If a variant draws noise at inference, or statistics of a batch are read.
 */
export function stripDropout(model: ModelLike): OnnxModel {
  const clean = copyModel(modelOf(owner, model));
  inlineCalls(clean, { owner, isWanted: holdsDropout });
  const openRates = sitesOf(clean).flatMap(({ rateAsInput, threshold }) =>
    rateAsInput && threshold !== undefined ? [threshold] : [],
  );
  // Each is looked up anew, since taking out another may rename what it reads.
  for (let left = sitesOf(clean); left.length > 0; left = sitesOf(clean)) {
    stripSites(clean, withoutOverlap(left, namesOfSite));
  }
  for (let left = foundIn(clean); left.length > 0; left = foundIn(clean)) {
    const found = withoutOverlap(left, ({ x, output, mask = output }) => [x, output, mask]);
    const unread = found.map((one) => stripFound(clean, one));
    prune(clean.graph, unread);
  }
  prune(clean.graph, [DROPOUT_KEY, ...openRates]);
  forgetHolders(clean);
  inferBatchNorm(clean, owner);
  return clean;
}

/** The tensors that a site stands on and makes, those of the node that it replaced, and what its parts there have in common. */
function namesOfSite(record: Site): readonly string[] {
  const { site, x, output, field, replaces, leaves = {} } = record;
  const original = replacedBy(record);
  const replaced = original
    ? [...readsOf(original), ...original.output, `${site}: ${replaces}`]
    : [];
  const names = [x, output, field, ...Object.values(leaves), ...replaced];
  return names.filter((name) => name !== undefined).filter((name) => name !== "");
}

const foundIn = (model: OnnxModel): FoundDropout[] => {
  const graphs = inspectedGraphs(model);
  // Only a pattern needs them, and they take a pass over the model.
  const isDrawn = graphs.some(({ graph }) => graph.node.some(isGenerator));
  const infos = isDrawn ? shapesOf(model) : () => new Map();
  return graphs.flatMap((scoped) => findDropout(opsetOf(model), scoped, infos(scoped.scope)));
};

/** Returns the tensor that nothing reads then. */
function stripFound(model: OnnxModel, found: FoundDropout): string {
  const { x, output, mask, scope } = found;
  if (mask !== undefined) keepMask(model, { ...found, mask });
  const { graph } = openGraph(model, scope);
  return bypass(model, { graph, x, output });
}

/** Makes the readers of a Dropout's mask read one in which all is kept. */
function keepMask(
  model: OnnxModel,
  { site, x, mask, scope }: FoundDropout & { readonly mask: string },
): void {
  const info = shapesOf(model)(scope).get(x);
  const builder = new GraphBuilder(site, model.graph);
  const kept = emitKept(builder, x, maskTypeOf(model, { owner, x, info }));
  const { graph } = openGraph(model, scope);
  const at = graph.node.findIndex((node) => node.output.includes(mask));
  graph.node = renameOutput(graph.node, mask, builder.uniqueName("mask"));
  builder.addTo(model, { graph, at, nodes: renameOutput(builder.nodes, kept, mask) });
}
