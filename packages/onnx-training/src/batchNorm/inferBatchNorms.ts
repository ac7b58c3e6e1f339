import {
  copyMessage,
  copyModel,
  GraphBuilder,
  type OnnxModel,
  opsetOf,
  readsOf,
} from "@dropoutkit/onnx";
import { isBatchNorm, usesBatchStatistics } from "./batchStatistics.js";

/**
 * A model whose BatchNormalization nodes use the running statistics; `model` itself where all do. Exporters write
 * them in training mode if the model was in it. Statistics that such a node hands on stay as they are.
 */
export function inferBatchNorms(model: OnnxModel): OnnxModel {
  const opset = opsetOf(model);
  const trains = model.graph.node.filter(
    (node) => isBatchNorm(node) && usesBatchStatistics(node, opset),
  );
  if (trains.length === 0) return model;
  const result = copyModel(model);
  const { graph } = result;
  const read = new Set([...graph.node.flatMap(readsOf), ...graph.output.map(({ name }) => name)]);
  graph.node = graph.node.flatMap((node) => {
    if (!trains.includes(node)) return [node];
    const [output, ...handedOn] = node.output;
    const attribute = node.attribute.filter(({ name }) => name !== "training_mode");
    const builder = new GraphBuilder("batchNorm", graph);
    handedOn.forEach((name, i) => {
      // Mean and variance, and before opset 14 once more those that were saved.
      if (read.has(name)) builder.op("Identity", [node.input[3 + (i % 2)]], { outputs: [name] });
    });
    return [copyMessage(node, { output: [output], attribute }), ...builder.nodes];
  });
  return result;
}
