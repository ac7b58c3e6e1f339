import type { OnnxModel } from "@dropoutkit/onnx";
import type { Feeds } from "../runtime/runtime.js";
import type { Settings } from "../trainer/Settings.js";

/** A scalar to minimise, as nodes that are added to a model. */
export interface Loss {
  /** Its kind and options. Default: a checkpoint does not tell it from others. */
  readonly settings?: Settings;
  /** Adds the loss, and the inputs that it needs, to a model, in place. */
  addTo(model: OnnxModel): AddedLoss;
}

/** A loss in a model. */
export interface AddedLoss {
  /** The scalar's tensor. */
  readonly tensor: string;
  /** Checks the loss's own inputs before a run. @throws {RangeError} If one is out of range. */
  checkFeeds(owner: string, feeds: Feeds): void;
}

/** A scalar that is added to the loss, of the weights alone. */
export interface Penalty {
  /** Its kind and options. Default: a checkpoint does not tell it from others. */
  readonly settings?: Settings;
  /** Adds the penalty to a model, in place, and returns the scalar's tensor. */
  addTo(model: OnnxModel): string;
}
