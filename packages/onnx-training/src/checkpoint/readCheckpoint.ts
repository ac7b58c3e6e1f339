import type { OnnxModel } from "@dropoutkit/onnx";
import { copyModel, metadataOf, setMetadata, tensorData } from "@dropoutkit/onnx/graph";
import { type CheckpointRecord, RECORD_KEY } from "./CheckpointRecord.js";

/** What a checkpoint holds. */
export interface ReadCheckpoint {
  /** The model as it was given to the Trainer, with the weights of the checkpoint. */
  readonly base: OnnxModel;
  readonly record: CheckpointRecord;
  /** The state beside the parameters, by its names. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** @throws {Error} If the model is no checkpoint. */
export function readCheckpoint(checkpoint: OnnxModel): ReadCheckpoint {
  const record = parseRecord(metadataOf(checkpoint, RECORD_KEY));
  const base = copyModel(checkpoint);
  setMetadata(base, RECORD_KEY, undefined);
  const names = new Set(record.state);
  const tensors = new Map<string, Float32Array>();
  base.graph.initializer = base.graph.initializer.filter((tensor) => {
    if (!names.has(tensor.name)) return true;
    const { type, data } = tensorData(tensor);
    if (type === "float32") tensors.set(tensor.name, data);
    return false;
  });
  base.graph.input = base.graph.input.filter(({ name }) => !names.has(name));
  const missing = record.state.find((name) => !tensors.has(name));
  if (missing !== undefined) {
    throw new Error(`Trainer.resume: checkpoint must hold ${missing} as float32, got none`);
  }
  return { base, record, tensors };
}

function parseRecord(text: string | undefined): CheckpointRecord {
  try {
    const record: CheckpointRecord = JSON.parse(text ?? "");
    const { seed, progress, settings, state } = record;
    const counts = [seed, progress.steps, progress.updates, progress.accumulated];
    const lists = [state, ...Object.values(settings)];
    if (counts.every(Number.isInteger) && lists.every(Array.isArray)) return record;
  } catch {
    // Falls through to the one sentence for all that is no record.
  }
  throw new Error(
    `Trainer.resume: checkpoint must be a file of Trainer.checkpoint, got a model with ${text === undefined ? "no record" : `the record ${text}`} of a training`,
  );
}
