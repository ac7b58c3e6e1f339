import { scalarOf } from "../graph/addUpdate.js";
import { SHARE } from "../graph/gradientSumModel.js";
import type { FlatGroup } from "../state/FlatGroup.js";
import type { Feeds, OrtLike, Tensor } from "./runtime.js";

/** The numbers that training graphs read. */
export class ScalarFeeds {
  readonly #ort: OrtLike;
  readonly #groups: readonly FlatGroup[];

  constructor(ort: OrtLike, groups: readonly FlatGroup[]) {
    this.#ort = ort;
    this.#groups = groups;
  }

  /** What the optimizers read at an update. */
  optimizers(update: number): Feeds {
    const feeds: Record<string, Tensor> = {};
    for (const group of this.#groups) {
      for (const [name, value] of Object.entries(group.optimizer.scalars(update))) {
        feeds[scalarOf(group, name)] = this.#scalar(value);
      }
    }
    return feeds;
  }

  /** The factor of the gradients that are added to a sum. */
  share(value: number): Feeds {
    return { [SHARE]: this.#scalar(value) };
  }

  #scalar(value: number): Tensor {
    return new this.#ort.Tensor("float32", Float32Array.of(value), []);
  }
}
