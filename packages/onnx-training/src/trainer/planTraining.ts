import { checkPositive, checkWord, ownedBy } from "@dropoutkit/core/adapter";
import { inferBatchNorms, type OnnxModel, rateAsInput, stripDropout } from "@dropoutkit/onnx";
import { copyModel, externalDataOf, externalTensors } from "@dropoutkit/onnx/graph";
import { checkNoRandom } from "../backward/checkNoRandom.js";
import { trainBatchNorms } from "../batchNorm/trainBatchNorms.js";
import { type FixedSettings, settingsOf } from "../checkpoint/settingsOf.js";
import { checkClipping } from "../graph/clipGradients.js";
import { type HoldOptions, heldNorms } from "../graph/holdNorms.js";
import type { TrainingPlan } from "../graph/TrainingPlan.js";
import { type ModelWithLoss, withLoss } from "../losses/withLoss.js";
import { chooseNames } from "../parameters/chooseNames.js";
import type { Parameter } from "../parameters/Parameter.js";
import { parametersOf } from "../parameters/parameters.js";
import { type FlatTensor, flatGroups, flatTensor } from "../state/FlatGroup.js";
import type { TrainerOptions } from "./TrainerOptions.js";

/** What is decided of a training before a session is opened. */
export interface PlannedTraining extends TrainingPlan {
  readonly withLoss: ModelWithLoss;
  readonly seed: number;
  readonly accumulate: number;
  readonly settings: FixedSettings;
}

/** Checks the options against the model. */
export function planTraining(base: OnnxModel, options: TrainerOptions): PlannedTraining {
  const { weights, accumulate = 1, clip = {}, rates, batchNorm = "batch", recompute } = options;
  const seed = checkWord("Trainer", "seed", options.seed ?? 0);
  checkEmbedded(base);
  checkClipping(clip);
  if (!(Number.isSafeInteger(accumulate) && accumulate >= 1)) {
    throw new RangeError(`Trainer: accumulate must be an integer >= 1, got ${accumulate}`);
  }
  const prepared = ownedBy("Trainer", () => {
    const normal = batchNorm === "batch" ? base : inferBatchNorms(base);
    return rates === undefined ? normal : rateAsInput(normal);
  });
  const noisy = withLoss(prepared, options);
  const { model } = noisy;
  const loss = noisy.loss.tensor;
  checkNoRandom(model, loss);
  const parameters = parametersOf(model, {
    loss,
    base,
    which: weights,
  });
  const groups = flatGroups(parameters, options);
  // Without dropout, since of a layer whose weights are dropped the operator does not read them itself.
  const maxNorm =
    options.maxNorm && holdOptions(stripDropout(base), { ...options.maxNorm, trained: parameters });
  const statistics = batchNorm === "batch" ? movingStatistics(model) : undefined;
  const plan = { model, loss, groups, statistics, recompute, clip, maxNorm };
  return { ...plan, withLoss: noisy, seed, accumulate, settings: settingsOf(plan, options) };
}

function checkEmbedded(model: OnnxModel): void {
  const [tensor] = externalTensors(model);
  if (tensor === undefined) return;
  throw new Error(
    `Trainer: model must hold its weights, got ${tensor.name} in ${externalDataOf(tensor).location}; embedWeights of @dropoutkit/onnx, or readWholeModel of @dropoutkit/onnx/node, puts them into it`,
  );
}

function movingStatistics(model: OnnxModel): FlatTensor | undefined {
  const statistics = trainBatchNorms(copyModel(model));
  return statistics.length === 0 ? undefined : flatTensor("training.statistics", statistics);
}

interface Held extends NonNullable<TrainerOptions["maxNorm"]> {
  readonly trained: readonly Parameter[];
}

function holdOptions(
  model: OnnxModel,
  { limit, axes, weights: which, trained }: Held,
): HoldOptions {
  checkPositive("Trainer", "maxNorm.limit", limit);
  const names = chooseNames({
    owner: "Trainer",
    option: "maxNorm.weights",
    which,
    names: trained.map(({ name }) => name),
  });
  const held = trained.filter(({ name }) => names.includes(name));
  return { limit, held: heldNorms(model, { parameters: held, axes }) };
}
