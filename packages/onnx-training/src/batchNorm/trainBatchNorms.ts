import type { OnnxModel } from "@dropoutkit/onnx";
import {
  constantTensors,
  GraphBuilder,
  inferShapes,
  isBatchNorm,
  type NodeProto,
  tensorData,
} from "@dropoutkit/onnx/graph";
import { emitContext } from "../backward/emitContext.js";
import type { EmitContext } from "../gradients/EmitContext.js";
import { arithmetic } from "../gradients/emit/arithmetic.js";
import { channelsOf } from "../gradients/emit/channels.js";
import { scalarLike } from "../gradients/emit/scalarLike.js";
import { sizeOf } from "../gradients/emit/sizeOf.js";
import type { Parameter } from "../parameters/Parameter.js";
import { exposeBatchStatistics, withBatchStatistics } from "./batchStatistics.js";
import { movingAverage } from "./movingAverage.js";

/** Which statistics BatchNormalization uses in training: those of the batch, or the model's running ones. */
export type BatchNormMode = "batch" | "running";

/** A running mean or variance, a constant of the model, that each training step moves. */
export interface RunningStatistic extends Parameter {
  /** The tensor that holds it after a step. */
  readonly next: string;
}

/**
 * Puts every BatchNormalization of a graph into training mode, in place: it normalises by the mean and
 * variance of its batch, and its running statistics move towards them by the node's `momentum`, the
 * variance as the unbiased one (over n - 1), as PyTorch's do. Call it on a copy of the model, before
 * `backward`, which writes the nodes as plain operators that every opset has.
 *
 * The statistics come back as state: a step takes each from an input (`readParameters`), and writes
 * `next` as its new value. Evaluation and export put the value in the constant's place, where
 * the model reads it for inference. With mode `"running"` do not call it: then the nodes are affine
 * functions of what they normalise, and the statistics stay as they are.
 * @throws {Error} If a mean or variance is no constant.
 * @throws {TypeError} If one does not hold float32.
 * @see Ioffe and Szegedy 2015, "Batch Normalization", algorithms 1 and 2 (arXiv:1502.03167).
 */
export function trainBatchNorms(model: OnnxModel): readonly RunningStatistic[] {
  const { graph } = model;
  if (!graph.node.some(isBatchNorm)) return [];
  const infos = inferShapes(model);
  const momenta = new Map(graph.node.map((node) => [node.output[0], node]));
  exposeBatchStatistics(model, { owner: "Trainer", infos });
  const builder = new GraphBuilder("running", graph);
  const context = emitContext(model, { owner: "Trainer", builder, infos });
  // A normalisation that is applied twice moves its statistics twice.
  const latest = new Map<string, string>();
  graph.node = graph.node.flatMap((node) => {
    const own = momenta.get(node.output[0]);
    if (!isBatchNorm(node) || own === undefined) return [node];
    const trained = withBatchStatistics(node, builder);
    const [, mean, variance] = trained.output;
    [mean, unbiased(context, { node, variance })].forEach((batch, i) => {
      const place = 3 + i;
      const name = node.input[place];
      const running = latest.get(name) ?? name;
      latest.set(name, movingAverage(context, { node: own, place, running, batch }));
    });
    return [trained, ...builder.nodes.splice(0)];
  });
  builder.addConstantsTo(model);
  return Array.from(latest, ([name, next]) => ({ ...startOf(model, name), next }));
}

/** Names of the running statistics of a model: tensors that no optimizer may move. */
export const runningStatisticsOf = ({ graph }: OnnxModel): ReadonlySet<string> =>
  new Set(graph.node.filter(isBatchNorm).flatMap(({ input }) => input.slice(3, 5)));

/** A variance over n - 1 instead of n entries; over one entry as it is, 0. */
function unbiased(
  context: EmitContext,
  { node, variance }: { readonly node: NodeProto; readonly variance: string },
): string {
  const [x] = node.input;
  const { builder } = context;
  const { mul, div, sub } = arithmetic(context, x);
  const count = sizeOf(context, { tensor: x, axes: channelsOf(context, node).axes });
  if (typeof count === "number") return mul(variance, count / Math.max(count - 1, 1));
  const others = builder.op("Max", [sub(count, 1), scalarLike(context, x, 1)]);
  return mul(variance, div(count, others));
}

function startOf({ graph }: OnnxModel, name: string): Parameter {
  const tensor = constantTensors(graph).find((constant) => constant.name === name);
  if (tensor === undefined) {
    throw new Error(
      `Trainer: statistics of BatchNormalization must be constants, got ${name} (batchNorm "running" leaves them as they are)`,
    );
  }
  const { type, data } = tensorData(tensor);
  if (type !== "float32") {
    throw new TypeError(`Trainer: statistic ${name} must hold float32, got ${type}`);
  }
  return { name, dims: tensor.dims.map(Number), start: data };
}
