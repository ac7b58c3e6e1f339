import type { OnnxModel } from "@dropoutkit/onnx";
import {
  copyModel,
  GraphBuilder,
  inferShapes,
  makeValueInfo,
  nodeLabel,
} from "@dropoutkit/onnx/graph";
import { addUp } from "../backward/addUp.js";
import { ancestors } from "../backward/reachability.js";
import { checkScalar } from "./checkScalar.js";
import type { AddedLoss, Loss, Penalty } from "./Loss.js";

export interface LossOptions {
  /** What is minimised: a loss that is added to the model, or the name of a scalar that the model computes. */
  readonly loss: Loss | string;
  /** What is added to the loss, such as `l2`. Default: nothing. */
  readonly penalties?: readonly Penalty[];
}

/** A copy of a model that computes the loss too, as an output. */
export interface ModelWithLoss {
  readonly model: OnnxModel;
  readonly loss: AddedLoss;
}

/** @throws {Error} If the loss is no scalar, or a quantised operator leads to it. */
export function withLoss(base: OnnxModel, { loss, penalties = [] }: LossOptions): ModelWithLoss {
  const model = copyModel(base);
  const { graph } = model;
  const added: AddedLoss =
    typeof loss === "string" ? { tensor: loss, checkFeeds() {} } : loss.addTo(model);
  checkScalar(model, { owner: "Trainer", loss: added.tensor, infos: inferShapes(model) });
  const terms = [added.tensor, ...penalties.map((penalty) => penalty.addTo(model))];
  const builder = new GraphBuilder("penalised", graph);
  const tensor = addUp(builder, terms);
  builder.addTo(model);
  checkNotQuantised(model, tensor);
  if (!graph.output.some(({ name }) => name === tensor)) {
    graph.output.push(makeValueInfo(tensor, { type: "float32", dims: [] }));
  }
  return { model, loss: { tensor, checkFeeds: added.checkFeeds } };
}

const QUANTISED = /^Q[A-Z]|[Qq]uantize|Integer$|^MatMul(NBits|Bnb4|FpQ4)$/;

function checkNotQuantised({ graph }: OnnxModel, loss: string): void {
  const reached = ancestors(graph.node, loss);
  const found = graph.node.find(
    ({ opType, output }) => QUANTISED.test(opType) && output.some((name) => reached.has(name)),
  );
  if (found === undefined) return;
  throw new Error(
    `Trainer: model must not be quantised, got ${nodeLabel(found)}; train the float32 model, then quantise it`,
  );
}
