import type { OnnxModel } from "@dropoutkit/onnx";
import type { FlatGroup } from "../state/FlatGroup.js";
import type { Clipping } from "./clipGradients.js";
import type { HoldOptions } from "./holdNorms.js";

/** What the graphs of a training are written from. */
export interface TrainingPlan {
  /** The model with its loss, which is an output. */
  readonly model: OnnxModel;
  readonly loss: string;
  readonly groups: readonly FlatGroup[];
  readonly clip?: Clipping;
  readonly maxNorm?: HoldOptions;
}
