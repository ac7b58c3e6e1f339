import type { OnnxModel } from "@dropoutkit/onnx";
import { copyModel } from "@dropoutkit/onnx/graph";
import { addBackward } from "./addBackward.js";
import { addUpdate } from "./addUpdate.js";
import type { TrainingPlan } from "./TrainingPlan.js";

/** Forward, backward and update as one graph. */
export function stepModel(plan: TrainingPlan): OnnxModel {
  const model = copyModel(plan.model);
  addUpdate(model, addBackward(model, plan), plan);
  return model;
}
