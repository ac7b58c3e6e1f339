import { nodeName } from "../labels/nodeName.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { GraphProto, NodeProto } from "../model/schema.js";
import { sitesOf } from "../sites/site.js";
import type { Weight } from "./Weight.js";

/** The node that makes a node's output now: itself, or what was put in its place. */
export function makerOf(graph: GraphProto, { output: [y] }: NodeProto): NodeProto {
  const maker = graph.node.find(({ output }) => output.includes(y));
  if (maker === undefined) throw new Error(`makerOf: tensor ${y} must be made by a node, got none`);
  return maker;
}

/** True if a weight's reader reads it as it is, and no site of ours stands between. */
export function isClean({ graph }: OnnxModel, { reader, input, tensor }: Weight): boolean {
  const maker = makerOf(graph, reader);
  return maker.opType === reader.opType && maker.input[input] === tensor;
}

/** @throws {Error} If a site of ours stands between a weight and the node that reads it. */
export function checkClean(model: OnnxModel, owner: string, weight: Weight): void {
  if (isClean(model, weight)) return;
  const { reader, tensor } = weight;
  const read = [reader.output[0], ...makerOf(model.graph, reader).input];
  const site = sitesOf(model).find(({ x, output }) => x === tensor && read.includes(output));
  throw new Error(
    `${owner}: weight ${tensor} of node ${nodeName(reader)} must have no noise yet, got that of site ${site?.site}`,
  );
}
