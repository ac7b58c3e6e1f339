import {
  constantOf,
  copyModel,
  GraphBuilder,
  inferNestedShapes,
  inferShapes,
  inlineCalls,
  type OnnxModel,
  opsetOf,
  type TensorInfos,
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
import type { Recompute } from "./recompute/segmentsOf.js";
import type { Scope } from "./Scope.js";
import { scansOfRecurrent } from "./scansOfRecurrent.js";

export interface BackwardOptions {
  /** What the user called, for messages. */
  readonly owner: string;
  readonly loss: string;
  readonly withRespectTo: readonly string[];
  /** What the backward pass keeps of the forward's tensors, to compute the others again. Default: all that it reads. */
  readonly recompute?: Recompute;
}

/**
 * Appends the backward pass to a model's graph, in place: after it the graph holds `<name>.grad` for
 * each name. Goes through the nodes from the loss back, with the rule of each node's operator, and
 * sums where a tensor is read more than once.
 */
export function backward(model: OnnxModel, options: BackwardOptions): void {
  const { owner, loss, withRespectTo } = options;
  const { builder, gradients, infos } = wayBack(model, options);
  const { graph } = model;
  for (const name of withRespectTo) {
    const gradient = gradients.of(name);
    if (gradient === undefined) {
      throw new Error(
        `${owner}: loss ${loss} must depend on ${name}, got no way between them that a gradient goes`,
      );
    }
    builder.op("Identity", [gradient], { outputs: [`${name}.grad`], name: `${name}.grad` });
  }
  graph.node.push(...builder.nodes);
  graph.initializer.push(...builder.initializers);
  lowerBatchNorms(model, { owner, infos });
}

/** Those of the named tensors that a gradient of the loss reaches. */
export function reachedBack(model: OnnxModel, options: BackwardOptions): string[] {
  const { gradients } = wayBack(copyModel(model), { ...options, valuesAreKnown: true });
  return options.withRespectTo.filter((name) => gradients.of(name) !== undefined);
}

interface WayBackOptions extends BackwardOptions {
  /** Whether the values of `withRespectTo` are those in the model, so that rules may read them. */
  readonly valuesAreKnown?: boolean;
}

interface WayBack {
  /** Has the nodes of the way back. */
  readonly builder: GraphBuilder;
  readonly gradients: GradientSums;
  readonly infos: TensorInfos;
}

function wayBack(
  model: OnnxModel,
  { owner, loss, withRespectTo, recompute, valuesAreKnown = false }: WayBackOptions,
): WayBack {
  const opset = opsetOf(model);
  // Older operators have other meanings of broadcasting, and no runtime of today has them.
  if (!(opset >= 7)) {
    throw new Error(`${owner}: model must have opset 7 or later, got ${opset}`);
  }
  inlineCalls(model, { owner });
  const declared = inferShapes(model);
  exposeBatchStatistics(model, { owner, infos: declared });
  scansOfRecurrent(model, { owner, loss, withRespectTo, infos: declared });
  const { graph } = model;
  const nested = inferNestedShapes(model);
  const infos = new Map(nested.get(graph));
  const active = dependents(graph.node, { names: withRespectTo, infos });
  checkRules(model, { owner, loss, active, infos: nested });
  const builder = new GraphBuilder("grad", graph);
  const scope: Scope = {
    ...emitContext(model, { owner, builder, infos }),
    active,
    infos: nested,
    known: (tensor) => infos.get(tensor),
    wants: () => true,
    // A weight's start is not what a later step has.
    constant: (tensor) =>
      active.has(tensor) && !valuesAreKnown ? undefined : constantOf(graph, tensor),
  };
  const gradients = new GradientSums(builder);
  gradients.add(loss, filledLike(scope, loss, 1));
  if (recompute === undefined) goBack(graph.node, gradients, scope);
  else backwardInSegments(model, { owner, recompute, gradients, scope, infos });
  return { builder, gradients, infos };
}
