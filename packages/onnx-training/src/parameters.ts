import {
  type OnnxModel,
  sitesOf,
  type TensorProto,
  tensorData,
  tensorTypeOf,
} from "@dropoutkit/onnx";
import { reachedBack } from "./backward.js";
import { runningStatisticsOf } from "./batchNorm/trainBatchNorms.js";
import { type ChooseOptions, chooseNames, namesIn, type Which } from "./chooseNames.js";
import { ancestors } from "./reachability.js";

/** A weight that is trained. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: Float32Array;
}

export interface ParameterOptions {
  readonly loss: string;
  /** The initializers that the model had before a loss was added. */
  readonly candidates: readonly TensorProto[];
  readonly which?: Which;
}

/**
 * The weights that a gradient of the loss reaches: initializers of finite floats with at least one axis and what
 * dropout sites learn, without the sites' constants and running statistics. `which` picks some of them. What is
 * named must be such a weight; what is not named and is none is left out.
 * @throws {Error} If a name is no initializer, the loss does not depend on it, or nothing is left.
 * @throws {RangeError} If a named initializer has an entry that is not finite.
 * @throws {TypeError} If a named initializer does not hold float32.
 */
export function parametersOf(
  model: OnnxModel,
  { loss, candidates, which }: ParameterOptions,
): Parameter[] {
  const reached = ancestors(model.graph.node, loss);
  const statistics = runningStatisticsOf(model);
  const weights = candidates.filter(
    (tensor) => reached.has(tensor.name) && !statistics.has(tensor.name) && isWeight(model, tensor),
  );
  const chosen = which === undefined ? weights : chosenWeights({ candidates, weights, which });
  const unread = chosen.find(({ name }) => !reached.has(name));
  if (unread !== undefined) {
    throw new Error(
      `Trainer: loss ${loss} must depend on parameter ${unread.name}, got no path between them`,
    );
  }
  const statistic = chosen.find(({ name }) => statistics.has(name));
  if (statistic !== undefined) {
    throw new Error(
      `Trainer: trainable must name weights, got the statistic ${statistic.name} of BatchNormalization`,
    );
  }
  const named = new Set(which === undefined ? [] : namesIn(which));
  const parameters = chosen
    .map(parameterOf)
    .filter((parameter) => startsFinite(parameter, named.has(parameter.name)));
  const asked = parameters.filter(({ name }) => !named.has(name)).map(({ name }) => name);
  const reachable = new Set(
    asked.length === 0 ? [] : reachedBack(model, { owner: "Trainer", loss, withRespectTo: asked }),
  );
  const trained = parameters.filter(({ name }) => named.has(name) || reachable.has(name));
  if (trained.length > 0) return trained;
  throw new Error(
    `Trainer: model must have finite float32 weights that a gradient of ${loss} reaches, got none`,
  );
}

/** An optimizer keeps no weight finite that is not so at the start, such as a mask of -Infinity. */
function startsFinite({ name, start }: Parameter, isNamed: boolean): boolean {
  const at = start.findIndex((entry) => !Number.isFinite(entry));
  if (at >= 0 && isNamed) {
    throw new RangeError(
      `Trainer: parameter ${name} must be finite, got ${start[at]} at index ${at}`,
    );
  }
  return at < 0;
}

function parameterOf(tensor: TensorProto): Parameter {
  const type = tensorTypeOf(tensor.dataType);
  const data = type === "float32" ? tensorData(tensor) : undefined;
  if (data?.type !== "float32") {
    throw new TypeError(
      `Trainer: parameter ${tensor.name} must hold float32, got ${type ?? `data type ${tensor.dataType}`}`,
    );
  }
  return { name: tensor.name, dims: tensor.dims.map(Number), start: data.data };
}

function isWeight(model: OnnxModel, { name, dims, dataType }: TensorProto): boolean {
  if (tensorTypeOf(dataType) !== "float32") return false;
  const sites = sitesOf(model);
  if (sites.some(({ leaves = {} }) => isLearned(leaves, name))) return true;
  return dims.length > 0 && !sites.some(({ site }) => name.startsWith(`${site}/`));
}

interface ChosenWeights {
  readonly candidates: readonly TensorProto[];
  readonly weights: readonly TensorProto[];
  readonly which: Which;
}

/**
 * Names are taken at their word, a pattern picks among the weights that are trained by default. Scalars are not
 * among these: a file does not tell a learned one from constants, such as 1/√d, an exponent or an epsilon.
 */
function chosenWeights({ candidates, weights, which }: ChosenWeights): TensorProto[] {
  const named = new Set(namesIn(which));
  const among = candidates.filter((tensor) => named.has(tensor.name) || weights.includes(tensor));
  const names = among.map(({ name }) => name);
  const hint = "; scalars are chosen by name";
  const options: ChooseOptions = { owner: "Trainer", option: "trainable", which, names, hint };
  const chosen = new Set(chooseNames(options));
  return among.filter(({ name }) => chosen.has(name));
}

/** Whether a site's formula reads the tensor as a parameter of its variant. */
const isLearned = (leaves: Readonly<Record<string, string | undefined>>, name: string): boolean =>
  Object.entries(leaves).some(([leaf, tensor]) => leaf.startsWith("learned:") && tensor === name);
