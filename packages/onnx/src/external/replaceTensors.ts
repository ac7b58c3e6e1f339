import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "../model/schema.js";

/** A model with some tensors replaced, wherever it holds them; all else is shared. */
export function replaceTensors(
  model: OnnxModel,
  replaced: ReadonlyMap<TensorProto, TensorProto>,
): OnnxModel {
  const tensor = <T extends TensorProto | undefined>(old: T): T | TensorProto =>
    (old && replaced.get(old)) ?? old;
  const attributes = (attribute: AttributeProto): AttributeProto =>
    copyMessage(attribute, {
      t: tensor(attribute.t),
      tensors: attribute.tensors.map(tensor),
      g: attribute.g && graphs(attribute.g),
      graphs: attribute.graphs.map(graphs),
    });
  const nodes = (node: NodeProto): NodeProto =>
    copyMessage(node, { attribute: node.attribute.map(attributes) });
  const graphs = (graph: GraphProto): GraphProto =>
    copyMessage(graph, {
      node: graph.node.map(nodes),
      initializer: graph.initializer.map(tensor),
      sparseInitializer: graph.sparseInitializer.map((sparse) =>
        copyMessage(sparse, { values: tensor(sparse.values), indices: tensor(sparse.indices) }),
      ),
    });
  return copyMessage(model, {
    graph: graphs(model.graph),
    functions: model.functions.map((body) => copyMessage(body, { node: body.node.map(nodes) })),
  });
}
