import { type FeedsOfRun, feedsOfSites, type Site } from "@dropoutkit/onnx/graph";
import type { Feeds, OrtLike, Tensor } from "./runtime.js";

export interface NoiseFeedsOptions {
  readonly ort: OrtLike;
  readonly sites: readonly Site[];
  readonly seed: number;
  /** Sizes that batches do not tell. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** Draws the masks of training steps, into the same arrays while batches have the same sizes. */
export class NoiseFeeds {
  readonly #options: NoiseFeedsOptions;
  #sizes: string | undefined;
  #draw: (run: FeedsOfRun) => Feeds = () => ({});

  constructor(options: NoiseFeedsOptions) {
    for (const [name, size] of Object.entries(options.dims ?? {})) {
      if (Number.isSafeInteger(size) && size >= 0) continue;
      throw new RangeError(`Trainer: dims must have integers >= 0, got ${name}: ${size}`);
    }
    this.#options = options;
  }

  /** The noise of a run on a batch of some sizes; it holds until the next one is drawn. */
  draw(run: FeedsOfRun, dims: Readonly<Record<string, number>>): Feeds {
    const sizes = JSON.stringify(dims);
    if (sizes !== this.#sizes) {
      this.#draw = this.#prepare(dims);
      this.#sizes = sizes;
    }
    return this.#draw(run);
  }

  #prepare(dims: Readonly<Record<string, number>>): (run: FeedsOfRun) => Feeds {
    const { ort, sites, seed, dims: others } = this.#options;
    const draw = feedsOfSites(sites, { seed, dims: { ...others, ...dims }, owner: "Trainer" });
    let tensors: Record<string, Tensor> | undefined;
    return (run) => {
      const drawn = Object.entries(draw(run));
      tensors ??= Object.fromEntries(
        drawn.map(([name, { type, data, dims: shape }]) => [
          name,
          new ort.Tensor(type, data, shape),
        ]),
      );
      return tensors;
    };
  }
}
