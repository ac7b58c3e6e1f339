import type { OnnxModel } from "@dropoutkit/onnx";
import { addInitializer, copyModel, makeTensor, setMetadata } from "@dropoutkit/onnx/graph";
import { valuesOf } from "../graph/TrainingPlan.js";
import type { Progress } from "../trainer/Progress.js";
import type { PlannedTraining } from "../trainer/planTraining.js";
import { type CheckpointRecord, RECORD_KEY } from "./CheckpointRecord.js";

export interface CheckpointOptions {
  readonly plan: PlannedTraining;
  readonly progress: Progress;
  /** The state by its names; weights and statistics lie in the model. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** The model with the state of its training as initializers that no node reads, and a record of it in the metadata. */
export function checkpointModel(
  trained: OnnxModel,
  { plan, progress, tensors }: CheckpointOptions,
): OnnxModel {
  const model = copyModel(trained);
  const values = new Set(valuesOf(plan).map(({ name }) => name));
  const state = [...tensors].filter(([name]) => !values.has(name));
  for (const [name, data] of state) {
    addInitializer(model, makeTensor({ name, type: "float32", dims: [data.length], data }));
  }
  const { seed, settings } = plan;
  const record: CheckpointRecord = {
    seed,
    progress,
    settings,
    state: state.map(([name]) => name),
  };
  setMetadata(model, RECORD_KEY, JSON.stringify(record));
  return model;
}
