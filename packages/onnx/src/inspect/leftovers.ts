import { usesBatchStatistics } from "../batchNorm/batchStatistics.js";
import { nodeName } from "../labels/nodeName.js";
import { isGenerator } from "../model/isGenerator.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";
import { shapesOf } from "../scopes/shapesOf.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import { isDropout } from "./dropoutNode.js";
import { externalConstants } from "./externalConstants.js";
import { type InspectedGraph, inspectedGraphs } from "./InspectedGraph.js";
import { noiseIn } from "./noisePatterns.js";
import type { Pitfall } from "./Pitfall.js";

/** What is no dropout that is known, and still is of training: other random nodes, with constants that were not read, and BatchNormalization by its batch. */
export function leftovers(model: OnnxModel): Pitfall[] {
  const shapes = shapesOf(model);
  const found = inspectedGraphs(model).map((scoped) =>
    leftIn(scoped, { infos: shapes(scoped.scope), opset: opsetOf(model) }),
  );
  const [nodes, constants] = [
    found.flatMap((one) => one.nodes),
    [...new Set(found.flatMap((one) => one.constants))],
  ];
  const unknown = `random nodes ${quoted(nodes)} are no dropout that is known here, and draw at inference too; stripDropout and replaceDropout leave them`;
  const norms = found.flatMap((one) => one.norms);
  const trains = `BatchNormalization nodes ${quoted(norms)} normalise by the batch at inference too; stripDropout makes them use the running statistics`;
  const unread = `constants ${quoted(constants)} of what may be dropout lie in other files and were not read, so its rate or scale is not known; readTensor gives a tensor with its data`;
  const about = (code: Pitfall["code"], named: readonly string[], message: string): Pitfall[] =>
    named.length === 0 ? [] : [{ code, sites: [], nodes: named, message }];
  return [
    ...about("unknownNoise", nodes, unknown),
    ...(constants.length === 0 ? [] : [{ code: "unread" as const, sites: [], message: unread }]),
    ...about("batchStatistics", norms, trains),
  ];
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

interface Left {
  readonly nodes: readonly string[];
  readonly constants: readonly string[];
  readonly norms: readonly string[];
}

function leftIn(
  scoped: InspectedGraph,
  { infos, opset }: { readonly infos: TensorInfos; readonly opset: number },
): Left {
  const { graph, scope } = scoped;
  const { patterns, values } = noiseIn(scoped, infos);
  // What draws for others too is still there when its dropout is gone.
  const known = new Set(patterns.flatMap(({ source, isShared }) => (isShared ? [] : [source])));
  const left = graph.node.filter((node) => isGenerator(node) && !known.has(node));
  const near = (node: NodeProto): boolean =>
    left.length > 0 && node.input.some((name) => values.has(name));
  const read = graph.node.flatMap((node) => {
    if (isDropout(node)) return opset < 12 ? [] : node.input.slice(1);
    return isGenerator(node) || near(node) ? [...node.input, ...scalesOf(scoped, node)] : [];
  });
  const pathOf = (node: NodeProto): string => [...scope, nodeName(node)].join("/");
  return {
    nodes: left.map(pathOf),
    norms: graph.node.filter((node) => usesBatchStatistics(node, opset)).map(pathOf),
    constants: externalConstants(
      scoped,
      read.filter((name) => name !== ""),
    ),
  };
}

/** What a tensor is multiplied by before noise meets it. */
const scalesOf = ({ graph }: InspectedGraph, { input }: NodeProto): string[] =>
  graph.node
    .filter(({ opType, output }) => ["Div", "Mul"].includes(opType) && input.includes(output[0]))
    .flatMap((maker) => maker.input);
