import { copyModel, type ModelLike, modelOf, type OnnxModel } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import { addNodes } from "../insert/addNodes.js";
import { isDropout } from "../inspect/dropoutNode.js";
import { DROPOUT_KEY } from "../noise/dropoutKey.js";
import { prune } from "../prune.js";
import { countUses, renameOutput } from "../rewire.js";
import type { NodeProto } from "../schema.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { openGraph } from "../scopes/openGraph.js";
import { shapesIn } from "../scopes/shapesIn.js";
import { type ScopedGraph, walkGraphs } from "../scopes/walkGraphs.js";
import { type Site, sitesOf } from "../site.js";
import { bypass } from "../strip/bypass.js";
import { emitKept, maskTypeOf } from "../strip/emitKept.js";
import { stripSite } from "../strip/stripSite.js";

const owner = "stripDropout";

/**
 * The model for inference: what dropoutkit put in computes its variant's inference, a node that it
 * replaced is back, `Dropout` nodes of any opset are gone, and so are the inputs that only noise read.
 * A mask of a `Dropout` that is read keeps all. Functions that hold a `Dropout` are inlined.
 * @throws {Error} If a variant draws noise at inference.
 */
export function stripDropout(model: ModelLike): OnnxModel {
  const clean = copyModel(modelOf(owner, model));
  inlineCalls(clean, { owner, isWanted: isDropout });
  const openRates = sitesOf(clean).flatMap(({ rateAsInput, threshold }) =>
    rateAsInput && threshold !== undefined ? [threshold] : [],
  );
  // The last site first: it may stand on what an earlier one made. Each site and node is looked up
  // anew, since taking out another may rename what it reads.
  const nextSite = (): Site | undefined => sitesOf(clean).at(-1);
  for (let site = nextSite(); site; site = nextSite()) stripSite(clean, site);
  const next = (): ScopedGraph | undefined =>
    walkGraphs(clean.graph).find(({ graph }) => graph.node.some(isDropout));
  for (let scoped = next(); scoped; scoped = next()) {
    const node = scoped.graph.node.find(isDropout);
    if (node !== undefined) stripNode(clean, scoped, node);
  }
  prune(clean.graph, [DROPOUT_KEY, ...openRates]);
  return clean;
}

function stripNode(model: OnnxModel, scoped: ScopedGraph, node: NodeProto): void {
  const [x] = node.input;
  const [output, mask] = node.output;
  if (mask && countUses(scoped.graph).has(mask)) keepMask(model, scoped, node);
  const { graph } = openGraph(model, scoped.scope);
  prune(model.graph, [bypass(model, { graph, x, output }), ...(mask ? [mask] : [])]);
}

/** Makes the readers of a Dropout's mask read one in which all is kept. */
function keepMask(
  model: OnnxModel,
  scoped: ScopedGraph,
  { name, input: [x], output }: NodeProto,
): void {
  const mask = output[1];
  const info = shapesIn(model, scoped).get(x);
  const builder = new GraphBuilder(name || output[0], model.graph);
  const kept = emitKept(builder, x, maskTypeOf(model, { owner, x, info }));
  const { graph } = openGraph(model, scoped.scope);
  const at = graph.node.findIndex((node) => node.output.includes(mask));
  graph.node = renameOutput(graph.node, mask, builder.uniqueName("mask"));
  addNodes(model, { graph, nodes: renameOutput(builder.nodes, kept, mask), at, builder });
}
