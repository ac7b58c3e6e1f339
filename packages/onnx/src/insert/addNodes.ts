import { create } from "@bufbuild/protobuf";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { makeAttribute } from "../model/attribute.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import {
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from "../model/schema.js";

export interface AddNodesOptions {
  /** The graph of the model that the nodes go into. */
  readonly graph: GraphProto;
  readonly nodes: readonly NodeProto[];
  /** Before which of the graph's nodes. */
  readonly at: number;
  /** Holds the constants that the nodes read. */
  readonly builder: GraphBuilder;
}

/** Puts nodes into a graph of a model, and their constants into its main graph, in place. */
export function addNodes(model: OnnxModel, { graph, nodes, at, builder }: AddNodesOptions): void {
  graph.node = [...graph.node.slice(0, at), ...nodes, ...graph.node.slice(at)];
  addConstants(model, builder);
}

/** Puts a builder's constants into a model's main graph, in place, as its IR version wants them. */
export function addConstants(
  { irVersion, graph }: OnnxModel,
  { initializers }: GraphBuilder,
): void {
  // Until IR version 4 an initializer had to be the default of an input, which a caller may replace.
  if (irVersion < 4n) graph.node = [...initializers.map(constantNode), ...graph.node];
  else graph.initializer.push(...initializers);
}

const constantNode = (tensor: TensorProto): NodeProto =>
  create(NodeProtoSchema, {
    name: tensor.name,
    opType: "Constant",
    output: [tensor.name],
    attribute: [makeAttribute("value", tensor)],
  });
