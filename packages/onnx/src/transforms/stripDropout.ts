import { copyModel, type ModelLike, modelOf, type OnnxModel, opsetOf } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import { addNodes } from "../insert/addNodes.js";
import { type FoundDropout, findDropout, holdsDropout } from "../inspect/findDropout.js";
import { DROPOUT_KEY } from "../noise/dropoutKey.js";
import { prune } from "../prune.js";
import { renameOutput } from "../rewire.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { openGraph } from "../scopes/openGraph.js";
import { shapesOf } from "../scopes/shapesOf.js";
import { walkGraphs } from "../scopes/walkGraphs.js";
import { type Site, sitesOf } from "../site.js";
import { bypass } from "../strip/bypass.js";
import { emitKept, maskTypeOf } from "../strip/emitKept.js";
import { stripSite } from "../strip/stripSite.js";

const owner = "stripDropout";

/**
 * The model for inference: what dropoutkit put in computes its variant's inference, a node that it
 * replaced is back, a model's own dropout is gone, `Dropout` nodes of any opset and what `inspectDropout`
 * calls a pattern, and so are the inputs that only noise read. A mask of a `Dropout` that is read keeps all.
 * Functions that hold dropout are inlined.
 * @throws {Error} If a variant draws noise at inference.
 */
export function stripDropout(model: ModelLike): OnnxModel {
  const clean = copyModel(modelOf(owner, model));
  inlineCalls(clean, { owner, isWanted: holdsDropout });
  const openRates = sitesOf(clean).flatMap(({ rateAsInput, threshold }) =>
    rateAsInput && threshold !== undefined ? [threshold] : [],
  );
  // The last site first: it may stand on what an earlier one made. Each is looked up anew, since taking
  // out another may rename what it reads.
  const nextSite = (): Site | undefined => sitesOf(clean).at(-1);
  for (let site = nextSite(); site; site = nextSite()) stripSite(clean, site);
  for (let found = nextFound(clean); found; found = nextFound(clean)) stripFound(clean, found);
  prune(clean.graph, [DROPOUT_KEY, ...openRates]);
  return clean;
}

function nextFound(model: OnnxModel): FoundDropout | undefined {
  for (const scoped of walkGraphs(model.graph)) {
    const [first] = findDropout(opsetOf(model), scoped, new Map());
    if (first !== undefined) return first;
  }
  return undefined;
}

function stripFound(model: OnnxModel, found: FoundDropout): void {
  const { x, output, mask, scope } = found;
  if (mask !== undefined) keepMask(model, { ...found, mask });
  const { graph } = openGraph(model, scope);
  prune(model.graph, [bypass(model, { graph, x, output })]);
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
  addNodes(model, { graph, nodes: renameOutput(builder.nodes, kept, mask), at, builder });
}
