import {
  constantOf,
  GraphBuilder,
  inferNestedShapes,
  inferShapes,
  inlineCalls,
  type OnnxModel,
  opsetOf,
} from "@dropoutkit/onnx";
import { exposeBatchStatistics } from "./batchNorm/batchStatistics.js";
import { lowerBatchNorms } from "./batchNorm/lowerBatchNorms.js";
import { checkRules } from "./checkRules.js";
import { emitContext } from "./emitContext.js";
import { GradientSums } from "./GradientSums.js";
import { goBack } from "./goBack.js";
import { filledLike } from "./gradients/emit/filledLike.js";
import { dependents } from "./reachability.js";
import { backwardInSegments } from "./recompute/backwardInSegments.js";
import type { Checkpoint } from "./recompute/segmentsOf.js";
import type { Scope } from "./Scope.js";
import { scansOfRecurrent } from "./scansOfRecurrent.js";
import { tooOld } from "./tooOld.js";

export interface BackwardOptions {
  readonly loss: string;
  readonly withRespectTo: readonly string[];
  /** What the backward pass keeps of the forward's tensors, to compute the others again. Default: all that it reads. */
  readonly checkpoint?: Checkpoint;
}

/**
 * Appends the backward pass to a model's graph, in place: after it the graph holds `<name>.grad` for
 * each name. Goes through the nodes from the loss back, with the rule of each node's operator, and
 * sums where a tensor is read more than once.
 */
export function backward(
  model: OnnxModel,
  { loss, withRespectTo, checkpoint }: BackwardOptions,
): void {
  const opset = opsetOf(model);
  // Older operators have other meanings of broadcasting, and no runtime of today has them.
  if (!(opset >= 7)) {
    throw tooOld(`gradientModel: model must have opset 7 or later, got ${opset}`);
  }
  inlineCalls(model, { owner: "gradientModel" });
  const declared = inferShapes(model);
  exposeBatchStatistics(model, declared);
  scansOfRecurrent(model, { loss, withRespectTo, infos: declared });
  const { graph } = model;
  const nested = inferNestedShapes(model);
  const infos = new Map(nested.get(graph));
  const active = dependents(graph.node, { names: withRespectTo, infos });
  checkRules(model, { loss, active, infos: nested });
  const builder = new GraphBuilder("grad", graph);
  const scope: Scope = {
    ...emitContext(model, { builder, infos }),
    active,
    infos: nested,
    known: (tensor) => infos.get(tensor),
    wants: () => true,
    // A weight's start is not what a later step has.
    constant: (tensor) => (active.has(tensor) ? undefined : constantOf(graph, tensor)),
  };
  const gradients = new GradientSums(builder);
  gradients.add(loss, filledLike(scope, loss, 1));
  if (checkpoint === undefined) goBack(graph.node, gradients, scope);
  else backwardInSegments(model, { checkpoint, gradients, scope, infos });
  for (const name of withRespectTo) {
    const gradient = gradients.of(name);
    if (gradient === undefined) {
      throw new Error(
        `gradientModel: loss ${loss} must depend on ${name}, got no path between them`,
      );
    }
    builder.op("Identity", [gradient], { outputs: [`${name}.grad`], name: `${name}.grad` });
  }
  graph.node.push(...builder.nodes);
  graph.initializer.push(...builder.initializers);
  lowerBatchNorms(model, infos);
}
