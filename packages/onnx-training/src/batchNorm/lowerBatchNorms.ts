import {
  copyMessage,
  GraphBuilder,
  type NodeProto,
  type OnnxModel,
  type TensorInfos,
} from "@dropoutkit/onnx";
import { emitContext } from "../emitContext.js";
import { arithmetic } from "../gradients/emit/arithmetic.js";
import { channelsOf } from "../gradients/emit/channels.js";
import type { EmitContext } from "../gradients/GradientRule.js";
import { hasBatchStatistics, isBatchNorm } from "./batchStatistics.js";

/**
 * Writes the nodes whose statistics `exposeBatchStatistics` laid open as plain operators, in place: mean
 * and variance by reductions, then a normalisation for inference that reads them. Every opset has
 * these, and execution providers whose BatchNormalization knows no training mode run them too.
 */
export function lowerBatchNorms(model: OnnxModel, infos: TensorInfos): void {
  const { graph } = model;
  const builder = new GraphBuilder("batchNorm", graph);
  const context = emitContext(model, { builder, infos });
  graph.node = graph.node.flatMap((node) => {
    if (!isBatchNorm(node) || !hasBatchStatistics(node)) return [node];
    const lowered = lower(context, node);
    return [...builder.nodes.splice(0), lowered];
  });
  graph.initializer.push(...builder.initializers);
}

function lower(context: EmitContext, node: NodeProto): NodeProto {
  const { builder } = context;
  const [x, scale, bias] = node.input;
  const [output, ...statistics] = node.output;
  const { spread, mean } = channelsOf(context, node);
  const { sub, mul } = arithmetic(context, x);
  const average = mean(x);
  const centred = sub(x, spread(average));
  [average, mean(mul(centred, centred))].forEach((value, i) => {
    builder.op("Identity", [value], { outputs: [statistics[i]] });
  });
  return copyMessage(node, {
    input: [x, scale, bias, ...statistics],
    output: [output],
    attribute: node.attribute.filter(({ name }) => !["training_mode", "momentum"].includes(name)),
  });
}
