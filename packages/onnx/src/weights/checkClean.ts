import type { OnnxModel } from "../codec.js";
import type { GraphProto, NodeProto } from "../schema.js";
import { sitesOf } from "../site.js";
import { nodeName } from "./graphFacts.js";
import type { Weight } from "./weightedLayer.js";

/** The node that makes a node's output now: itself, or what was put in its place. */
export function makerOf(graph: GraphProto, { output: [y] }: NodeProto): NodeProto {
  const maker = graph.node.find(({ output }) => output.includes(y));
  if (maker === undefined) throw new Error(`makerOf: tensor ${y} must be made by a node, got none`);
  return maker;
}

/** @throws {Error} If a site of ours stands between a weight and the node that reads it. */
export function checkClean(model: OnnxModel, owner: string, weight: Weight): void {
  const { reader, input, tensor } = weight;
  const maker = makerOf(model.graph, reader);
  if (maker.opType === reader.opType && maker.input[input] === tensor) return;
  const site = sitesOf(model).find(
    ({ x, output }) =>
      x === tensor && (output === reader.output[0] || maker.input.includes(output)),
  );
  throw new Error(
    `${owner}: weight ${tensor} of node ${nodeName(reader)} must have no noise yet, got that of site ${site?.site}`,
  );
}
