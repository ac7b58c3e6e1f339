import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, type NodeProto, type TensorInfos } from "@dropoutkit/onnx/graph";
import { emitContext } from "../backward/emitContext.js";
import type { EmitContext } from "../gradients/EmitContext.js";
import { arithmetic } from "../gradients/emit/arithmetic.js";
import { channelsOf } from "../gradients/emit/channels.js";
import { hasBatchStatistics, withGivenStatistics } from "./batchStatistics.js";

/**
 * Writes the nodes whose statistics `exposeBatchStatistics` laid open as plain operators, in place: mean
 * and variance by reductions, then a normalisation for inference that reads them. Every opset has
 * these, and execution providers whose BatchNormalization knows no training mode run them too.
 */
export function lowerBatchNorms(
  model: OnnxModel,
  { owner, infos }: { readonly owner: string; readonly infos: TensorInfos },
): void {
  const { graph } = model;
  const builder = new GraphBuilder("batchNorm", graph);
  const context = emitContext(model, { owner, builder, infos });
  graph.node = graph.node.flatMap((node) => {
    if (!hasBatchStatistics(node)) return [node];
    emitStatistics(context, node);
    return [...builder.nodes.splice(0), withGivenStatistics(node)];
  });
  builder.addConstantsTo(model);
}

/** Mean and variance of the batch, under the names that the node has for them. */
function emitStatistics(context: EmitContext, node: NodeProto): void {
  const { builder } = context;
  const [x] = node.input;
  const { spread, mean } = channelsOf(context, node);
  const { sub, mul } = arithmetic(context, x);
  const average = mean(x);
  const centred = sub(x, spread(average));
  [average, mean(mul(centred, centred))].forEach((value, i) => {
    builder.op("Identity", [value], { outputs: [node.output[i + 1]] });
  });
}
