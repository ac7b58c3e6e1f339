import type { OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, makeValueInfo } from "@dropoutkit/onnx/graph";
import { addUpdate } from "./addUpdate.js";
import { sumOf } from "./gradientSumModel.js";
import type { TrainingPlan } from "./TrainingPlan.js";

/** The update alone, whose gradients are inputs. */
export function applyModel(plan: TrainingPlan): OnnxModel {
  const input = plan.groups.flatMap((group) =>
    [group.name, sumOf(group)].map((name) =>
      makeValueInfo(name, { type: "float32", dims: [group.size] }),
    ),
  );
  const none = { node: [], initializer: [], sparseInitializer: [], output: [], valueInfo: [] };
  const model = copyMessage(plan.model, {
    graph: copyMessage(plan.model.graph, { ...none, input }),
  });
  addUpdate(model, plan.groups.map(sumOf), plan);
  return model;
}
