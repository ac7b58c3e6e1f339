import { checkOptions } from "@dropoutkit/core/adapter";
import { type ModelLike, type OnnxModel, untieWeights } from "@dropoutkit/onnx";
import {
  constantTensors,
  inferShapes,
  makeValueInfo,
  modelOf,
  nearMisses,
  type TensorInfo,
  type TensorInfos,
  tensorTypeOf,
} from "@dropoutkit/onnx/graph";
import { checkScalar } from "../losses/checkScalar.js";
import type { Loss } from "../losses/Loss.js";
import type { Recompute } from "../recompute/segmentsOf.js";
import { backward } from "./backward.js";

export interface GradientOptions {
  /** A loss that is added to the model, or the name of a scalar that the model computes. */
  readonly loss: Loss | string;
  /** Names of the tensors that gradients are wanted by: weights or inputs, all of floats. */
  readonly withRespectTo: readonly string[];
  /**
   * Trades time for memory: only these tensors are kept from the forward pass, and what else the
   * backward pass reads is computed again from them, with the same dropout masks. `"auto"` picks about
   * √n of the model's n nodes. Default: all that the backward pass reads is kept.
   */
  readonly recompute?: Recompute;
}

const owner = "gradientModel";

/**
 * A model that computes what `model` does, the loss as an output too, and its gradient with respect to each named tensor as
 * one more output, `<name>.grad`, of that tensor's shape. The backward pass is written as plain ONNX
 * nodes and reads the forward's own tensors, masks too. `model` is not changed.
 * @throws {Error} If a name is not in the model, the loss does not depend on one, the loss is not
 * scalar, or an operator between them has no gradient here, or none by an input (named with its node and opset).
 * @throws {Error} If a name of `recompute` is no tensor that the model computes.
 */
export function gradientModel(model: ModelLike, options: GradientOptions): OnnxModel {
  const result = untieWeights(modelOf(owner, model));
  const { loss, withRespectTo, recompute } = checkOptions(owner, options);
  const lossTensor = typeof loss === "string" ? loss : loss.addTo(result).tensor;
  const infos = inferShapes(result);
  checkScalar(result, { owner, loss: lossTensor, infos });
  const lossInfo = floatInfo(result, lossTensor, infos);
  const wanted = withRespectTo.map((name) => ({ name, info: floatInfo(result, name, infos) }));
  backward(result, { owner, loss: lossTensor, withRespectTo, recompute });
  if (!result.graph.output.some(({ name }) => name === lossTensor)) {
    result.graph.output.push(makeValueInfo(lossTensor, lossInfo));
  }
  for (const { name, info } of wanted) {
    result.graph.output.push(makeValueInfo(`${name}.grad`, info));
  }
  return result;
}

function floatInfo(
  { graph }: OnnxModel,
  name: string,
  infos: TensorInfos,
): Pick<TensorInfo, "dims"> & { readonly type: "float32" | "float64" } {
  const info = infos.get(name);
  const type = info && tensorTypeOf(info.dataType);
  if (info === undefined) {
    const names = [...constantTensors(graph), ...graph.input].map((value) => value.name);
    throw new Error(
      `gradientModel: withRespectTo must name tensors of the model with known shapes, got ${name}${nearMisses(name, names)}`,
    );
  }
  if (type !== "float32" && type !== "float64") {
    throw new TypeError(
      `gradientModel: tensor ${name} must hold float32 or float64, got ${type ?? `data type ${info.dataType}`}`,
    );
  }
  return { type, dims: info.dims };
}
