import { ownedBy } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import {
  addInitializer,
  constantsOf,
  constantTensors,
  copyModel,
  GraphBuilder,
  inferNestedShapes,
  inferShapes,
  inlineCalls,
  opsetOf,
  replaceConstants,
} from "@dropoutkit/onnx/graph";
import { exposeBatchStatistics } from "../batchNorm/batchStatistics.js";
import { lowerBatchNorms } from "../batchNorm/lowerBatchNorms.js";
import { filledLike } from "../gradients/emit/filledLike.js";
import { backwardInSegments } from "../recompute/backwardInSegments.js";
import type { Recompute } from "../recompute/segmentsOf.js";
import { GradientSums } from "../trainer/GradientSums.js";
import { checkRules } from "./checkRules.js";
import { emitContext } from "./emitContext.js";
import { goBack } from "./goBack.js";
import { dependents } from "./reachability.js";
import type { Scope } from "./Scope.js";
import { scansOfRecurrent } from "./scansOfRecurrent.js";
import { tooOld } from "./tooOld.js";

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
export function backward(
  model: OnnxModel,
  { owner, loss, withRespectTo, recompute }: BackwardOptions,
): void {
  const opset = opsetOf(model);
  // Older operators have other meanings of broadcasting, and no runtime of today has them.
  if (!(opset >= 7)) {
    throw tooOld(`${owner}: model must have opset 7 or later, got ${opset}`);
  }
  inlineCalls(model, { owner });
  holdAsInitializers(model, withRespectTo);
  const declared = inferShapes(model);
  exposeBatchStatistics(model, { owner, infos: declared });
  // What has no entries changes nothing, even where its operator has no gradient with respect to it.
  const isEmpty = (name: string): boolean => declared.get(name)?.dims.includes(0) === true;
  const names = withRespectTo.filter((name) => !isEmpty(name));
  scansOfRecurrent(model, { owner, loss, withRespectTo: names });
  const { graph } = model;
  const nested = inferNestedShapes(model);
  const infos = new Map(nested.get(graph));
  const active = dependents(graph.node, { names, infos });
  checkRules(model, { owner, loss, active, infos: nested });
  const builder = new GraphBuilder("grad", graph);
  // A weight's start is not what a later step has, so nothing that follows from it is constant.
  const fixed = copyModel(model);
  replaceConstants(fixed, new Map(withRespectTo.map((name) => [name, undefined])));
  const constants = constantsOf(fixed);
  const scope: Scope = {
    ...emitContext(model, { owner, builder, infos }),
    active,
    infos: nested,
    known: (tensor) => infos.get(tensor),
    wants: () => true,
    constants,
    constant: (tensor) => constants.elements(fixed.graph, tensor),
  };
  const gradients = new GradientSums(builder);
  gradients.add(loss, filledLike(scope, loss, 1));
  ownedBy(owner, () => {
    if (recompute === undefined) goBack(graph.node, gradients, scope);
    else backwardInSegments(model, { owner, recompute, gradients, scope, infos });
  });
  for (const name of withRespectTo) {
    const gradient = isEmpty(name) ? filledLike(scope, name, 0) : gradients.of(name);
    if (gradient === undefined) {
      throw new Error(
        `${owner}: loss ${loss} must depend on ${name}, got no way between them that a gradient goes`,
      );
    }
    builder.op("Identity", [gradient], { outputs: [`${name}.grad`], name: `${name}.grad` });
  }
  builder.addTo(model);
  lowerBatchNorms(model, { owner, infos });
}

/** Makes weights that `Constant` nodes hold initializers, in place: a node has a gradient with respect to its inputs alone. */
function holdAsInitializers(model: OnnxModel, names: readonly string[]): void {
  const { graph } = model;
  const written = new Set(graph.initializer.map(({ name }) => name));
  const others = constantTensors(graph).filter(
    ({ name }) => names.includes(name) && !written.has(name),
  );
  replaceConstants(model, new Map(others.map(({ name }) => [name, undefined])));
  for (const tensor of others) addInitializer(model, tensor);
}
