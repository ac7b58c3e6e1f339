import { copyModel, type ModelLike, modelOf, type OnnxModel } from "../codec.js";
import { GraphBuilder } from "../GraphBuilder.js";
import { DROPOUT_KEY } from "../noise/emitBernoulli.js";
import { prune } from "../prune.js";
import { countUses, renameOutput, rewire } from "../rewire.js";
import type { GraphProto, NodeProto } from "../schema.js";
import {
  forgetSite,
  isSameScope,
  renameSiteOutput,
  replacedBy,
  type Site,
  sitesOf,
} from "../site.js";

/**
 * The model for inference: the sites that `insertDropout` made compute their variant's inference,
 * `Dropout` nodes of any opset are gone, and so are the inputs that only noise read.
 * @throws {Error} If a `Dropout` node's mask is read.
 */
export function stripDropout(model: ModelLike): OnnxModel {
  const clean = copyModel(modelOf("stripDropout", model));
  // The last site first: it may stand on what an earlier one made. Each site and node is looked up
  // anew, since taking out another may rename what it reads.
  const nextSite = (): Site | undefined => sitesOf(clean).at(-1);
  for (let site = nextSite(); site; site = nextSite()) stripSite(clean, site);
  const nextNode = (): NodeProto | undefined => clean.graph.node.find(isDropout);
  for (let node = nextNode(); node; node = nextNode()) stripNode(clean, node);
  prune(clean.graph, [DROPOUT_KEY]);
  return clean;
}

function stripSite(model: OnnxModel, site: Site): void {
  const { graph } = model;
  const original = replacedBy(site);
  if (original !== undefined) {
    putBack(model, original, partsOf(model, site));
    return;
  }
  const { part, x, output } = site;
  if (part.infer !== "x") {
    throw new Error(
      `stripDropout: site ${site.site} must be the identity at inference, got variant ${site.variant}`,
    );
  }
  const noisy = bypass(graph, { x, output });
  if (noisy !== output) renameSiteOutput(model, { from: x, to: output, scope: site.scope ?? [] });
  prune(graph, [noisy, site.field]);
  forgetSite(model, site);
}

/** The parts of one variant that together stand where one node was. */
const partsOf = (model: OnnxModel, { site, scope, replaces }: Site): Site[] =>
  sitesOf(model).filter(
    (other) => other.site === site && other.replaces === replaces && isSameScope(other, { scope }),
  );

/** Puts a node back where the first of the nodes is that make its outputs now, and takes out what only they were for. */
function putBack(model: OnnxModel, original: NodeProto, parts: readonly Site[]): void {
  const { graph } = model;
  const outputs = original.output.filter((name) => name !== "");
  const at = graph.node.findIndex(({ output }) => output.some((name) => outputs.includes(name)));
  const builder = new GraphBuilder(parts[0].site, graph);
  const noisy: string[] = [];
  let others = graph.node;
  for (const name of outputs) {
    const unused = builder.uniqueName("noisy");
    others = renameOutput(others, name, unused);
    noisy.push(unused);
  }
  graph.node = [...others.slice(0, at), original, ...others.slice(at)];
  prune(graph, [...noisy, ...parts.map(({ field }) => field)]);
  for (const part of parts) forgetSite(model, part);
}

const isDropout = ({ opType, domain }: NodeProto): boolean =>
  opType === "Dropout" && (domain === "" || domain === "ai.onnx");

function stripNode(
  { graph }: OnnxModel,
  { name, input: [x], output: [output, mask] }: NodeProto,
): void {
  if (mask && countUses(graph).has(mask)) {
    throw new Error(
      `stripDropout: mask of Dropout ${name} must not be read, got readers of ${mask}`,
    );
  }
  prune(graph, [bypass(graph, { x, output })]);
}

/**
 * Makes the readers of `output` read `x`, and returns what `output` is called then. An output of the
 * graph keeps its name, so there `x` takes it, or a copy of `x` where that has to keep its own name.
 */
function bypass(
  graph: GraphProto,
  { x, output }: { readonly x: string; readonly output: string },
): string {
  const isOutput = graph.output.some(({ name }) => name === output);
  if (!isOutput) {
    graph.node = rewire(graph.node, output, x);
    return output;
  }
  const builder = new GraphBuilder(output, graph);
  const noisy = builder.uniqueName("noisy");
  const others = renameOutput(graph.node, output, noisy);
  const isMade = graph.node.some((maker) => maker.output.includes(x));
  if (isMade && graph.output.every(({ name }) => name !== x)) {
    graph.node = rewire(renameOutput(others, x, output), x, output);
  } else {
    builder.op("Identity", [x], { outputs: [output] });
    const at = others.findIndex((maker) => maker.output.includes(noisy));
    graph.node = [...others.slice(0, at), ...builder.nodes, ...others.slice(at)];
  }
  return noisy;
}
