import {
  constantOf,
  GraphBuilder,
  inferNestedShapes,
  inlineCalls,
  type OnnxModel,
  opsetOf,
} from "@dropoutkit/onnx";
import { checkRules } from "./checkRules.js";
import { GradientSums } from "./GradientSums.js";
import { goBack } from "./goBack.js";
import { filledLike } from "./gradients/emit/filledLike.js";
import { dependents } from "./reachability.js";
import type { Scope } from "./Scope.js";
import { scansOfRecurrent } from "./scansOfRecurrent.js";

export interface BackwardOptions {
  readonly loss: string;
  readonly withRespectTo: readonly string[];
}

/**
 * Appends the backward pass to a model's graph, in place: after it the graph holds `<name>.grad` for
 * each name. Goes through the nodes from the loss back, with the rule of each node's operator, and
 * sums where a tensor is read more than once.
 */
export function backward(model: OnnxModel, { loss, withRespectTo }: BackwardOptions): void {
  const opset = opsetOf(model);
  // Older operators have other meanings of broadcasting, and no runtime of today has them.
  if (!(opset >= 7)) {
    throw new Error(`gradientModel: model must have opset 7 or later, got ${opset}`);
  }
  inlineCalls(model, { owner: "gradientModel" });
  scansOfRecurrent(model, { loss, withRespectTo });
  const { graph } = model;
  const infos = inferNestedShapes(model);
  const own = infos.get(graph) ?? new Map();
  const active = dependents(graph.node, { names: withRespectTo, infos: own });
  checkRules(model, { loss, active, infos });
  const builder = new GraphBuilder("grad", graph);
  const scope: Scope = {
    builder,
    opset,
    active,
    infos,
    known: (tensor) => own.get(tensor),
    info: (tensor) => {
      const info = own.get(tensor);
      if (info !== undefined) return info;
      throw new Error(`gradientModel: tensor ${tensor} must have a known shape, got none`);
    },
    constant: (tensor) => constantOf(graph, tensor),
    wants: () => true,
  };
  const gradients = new GradientSums(builder);
  gradients.add(loss, filledLike(scope, loss, 1));
  goBack(graph.node, gradients, scope);
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
}
