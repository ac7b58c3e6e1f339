import type { Channels } from "@dropoutkit/core";
import type { Part, Shape } from "@dropoutkit/core/adapter";

/** Noise that a network draws at each step. */
export interface PlannedField {
  /** The layer's site, by which every framework draws it. */
  readonly site: string;
  readonly part: Part;
  /** Of the value that it is drawn for, with the batch in front; of weights without. */
  readonly target: Shape;
  /** Where a target of rank 4 has its channels. */
  readonly channels: Channels;
  /** Timesteps of the recurrent layer that it is of; absent elsewhere. */
  readonly timesteps?: number;
  /** Drop probability that training starts from, where it is learned. */
  readonly learnedRate?: number;
  /** A layer's own seed. Default: the training's. */
  readonly seed?: number;
}
