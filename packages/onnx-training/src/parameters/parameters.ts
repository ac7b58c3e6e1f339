import type { OnnxModel } from "@dropoutkit/onnx";
import {
  constantTensors,
  inferShapes,
  type Site,
  sitesOf,
  type TensorProto,
  tensorData,
  tensorTypeOf,
} from "@dropoutkit/onnx/graph";
import { ancestors } from "../backward/reachability.js";
import { runningStatisticsOf } from "../batchNorm/trainBatchNorms.js";
import { type ChooseOptions, chooseNames, namesIn, type WhichWeights } from "./chooseNames.js";
import { derivableBy } from "./derivableBy.js";
import type { Parameter } from "./Parameter.js";
import { weightTensors } from "./weightTensors.js";

export interface ParameterOptions {
  readonly loss: string;
  /** The model before a loss was added. */
  readonly base: OnnxModel;
  readonly which?: WhichWeights;
}

/**
 * The weights that a gradient of the loss reaches: `weightTensors` of finite entries and what dropout sites learn,
 * without the sites' constants and running statistics. `which` picks some of them, or names other constants.
 * @throws {Error} If a name is no constant, the loss does not depend on it, or nothing is left.
 * @throws {TypeError} If a named constant does not hold float32.
 * @throws {RangeError} If a named constant has no entries, or one that is not finite.
 */
export function parametersOf(
  model: OnnxModel,
  { loss, base, which }: ParameterOptions,
): Parameter[] {
  const candidates = constantTensors(base.graph);
  const usual = new Set([
    ...weightTensors(base).map(({ name }) => name),
    ...sitesOf(model).flatMap(learnedBy),
  ]);
  const reached = ancestors(model.graph.node, loss);
  const derivable = derivableBy(model.graph.node, { loss, infos: inferShapes(model) });
  const statistics = runningStatisticsOf(model);
  const weights = candidates.filter(
    ({ name }) => derivable.has(name) && !statistics.has(name) && usual.has(name),
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
      `Trainer: weights must name weights, got the statistic ${statistic.name} of BatchNormalization`,
    );
  }
  const named = new Set(which === undefined ? [] : namesIn(which));
  const trained = chosen
    .map(parameterOf)
    .filter((parameter) => startsFinite(parameter, named.has(parameter.name)));
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
  const dims = tensor.dims.map(Number);
  if (dims.includes(0)) {
    throw new RangeError(
      `Trainer: parameter ${tensor.name} must have entries, got shape [${dims.join(", ")}]`,
    );
  }
  return { name: tensor.name, dims, start: data.data };
}

interface ChosenWeights {
  readonly candidates: readonly TensorProto[];
  readonly weights: readonly TensorProto[];
  readonly which: WhichWeights;
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
  const options: ChooseOptions = { owner: "Trainer", option: "weights", which, names, hint };
  const chosen = new Set(chooseNames(options));
  return among.filter(({ name }) => chosen.has(name));
}

/** The tensors that a site's formula reads as parameters of its variant. */
const learnedBy = ({ leaves = {} }: Site): string[] =>
  Object.entries(leaves).flatMap(([leaf, tensor]) =>
    leaf.startsWith("learned:") && tensor !== undefined ? [tensor] : [],
  );
