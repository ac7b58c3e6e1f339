import type { OnnxModel } from "@dropoutkit/onnx";
import type { Recompute } from "../recompute/segmentsOf.js";
import type { FlatGroup, FlatTensor } from "../state/FlatGroup.js";
import type { Clipping } from "./clipGradients.js";
import type { HoldOptions } from "./holdNorms.js";

/** What the graphs of a training are written from. */
export interface TrainingPlan {
  /** The model with its loss, which is an output. */
  readonly model: OnnxModel;
  readonly loss: string;
  readonly groups: readonly FlatGroup[];
  /** The running statistics that each batch moves; undefined where none are moved. */
  readonly statistics: FlatTensor | undefined;
  /** What the backward pass keeps. */
  readonly recompute?: Recompute;
  readonly clip?: Clipping;
  readonly maxNorm?: HoldOptions;
}

/** The tensors whose values stand in the place of the model's weights. */
export const valuesOf = ({ groups, statistics }: TrainingPlan): readonly FlatTensor[] =>
  statistics === undefined ? groups : [...groups, statistics];
