import type { OnnxModel } from "@dropoutkit/onnx";
import {
  copyMessage,
  floatAttribute,
  GraphBuilder,
  intAttribute,
  isBatchNorm,
  makeAttribute,
  type NodeProto,
  opsetOf,
  type TensorInfos,
  usesBatchStatistics,
} from "@dropoutkit/onnx/graph";
import { emitContext } from "../backward/emitContext.js";
import { movingAverage } from "./movingAverage.js";

/**
 * The node in training mode with momentum 0: of what opset 14 says its outputs are, the batch's own mean
 * and variance are left. On the way back this one form stands for all opsets; `lowerBatchNorms` then
 * writes it with operators of the model's own.
 */
export function withBatchStatistics(node: NodeProto, builder: GraphBuilder): NodeProto {
  if (hasBatchStatistics(node)) return node;
  const [output] = node.output;
  const statistics = ["mean", "variance"].map((name) => builder.uniqueName(`${output}/${name}`));
  return copyMessage(node, {
    output: [output, ...statistics],
    attribute: [
      ...withoutMode(node),
      makeAttribute("training_mode", 1),
      makeAttribute("momentum", { float: 0 }),
    ],
  });
}

/** Whether a node has the form that `withBatchStatistics` gives it. */
export const hasBatchStatistics = (node: NodeProto): boolean =>
  isBatchNorm(node) &&
  intAttribute(node, "training_mode", 0) === 1 &&
  floatAttribute(node, "momentum", 0.9) === 0 &&
  node.output.length === 3;

/** A node of that form as one for inference, which reads the statistics that it wrote. */
export function withGivenStatistics(node: NodeProto): NodeProto {
  const [output, ...statistics] = node.output;
  return copyMessage(node, {
    input: [...node.input.slice(0, 3), ...statistics],
    output: [output],
    attribute: withoutMode(node),
  });
}

const withoutMode = ({ attribute }: NodeProto): NodeProto["attribute"] =>
  attribute.filter(({ name }) => name !== "training_mode" && name !== "momentum");

/**
 * Brings the nodes that normalise by their batch into that form, in place, with what they wrote as
 * running statistics beside them. Tells whether the graph has changed.
 */
export function exposeBatchStatistics(
  model: OnnxModel,
  { owner, infos }: { readonly owner: string; readonly infos: TensorInfos },
): boolean {
  const { graph } = model;
  const opset = opsetOf(model);
  const builder = new GraphBuilder("batchNorm", graph);
  const context = emitContext(model, { owner, builder, infos });
  const before = graph.node;
  graph.node = before.flatMap((node) => {
    if (!usesBatchStatistics(node, opset)) return [node];
    const exposed = withBatchStatistics(node, builder);
    if (exposed === node) return [node];
    for (const index of [1, 2]) {
      const output = node.output[index];
      if (!output) continue;
      const place = index + 2;
      const [running, batch] = [node.input[place], exposed.output[index]];
      const average = movingAverage(context, { node, place, running, batch });
      builder.op("Identity", [average], { outputs: [output] });
    }
    return [exposed, ...builder.nodes.splice(0)];
  });
  builder.addConstantsTo(model);
  return graph.node.some((node, i) => node !== before[i]);
}
