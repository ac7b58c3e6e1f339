import { embeddingDropout as embeddingDropoutVariant } from "@dropoutkit/core";
import { checkOptions } from "@dropoutkit/core/adapter";
import type * as tf from "@tensorflow/tfjs";
import { applyPart } from "../noise/applyPart.js";
import type { NoiseCallArgs } from "../noise/NoiseSource.js";
import { NoiseWrapper, type NoiseWrapperArgs } from "./NoiseWrapper.js";
import { type Readable, readable, withWeights } from "./withWeights.js";

/** Options of `embeddingDropout`. */
export interface EmbeddingDropoutArgs extends NoiseWrapperArgs {
  /** Probability in [0, 1] to drop a word. */
  readonly rate: number;
}

/**
 * Drops whole words of an embedding in training: one draw for each row of its table `[words, features]`,
 * so that a word is gone wherever it stands in the batch; the embedding itself at inference.
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", section 4.2 (arXiv:1512.05287).
 */
export class EmbeddingDropout extends NoiseWrapper {
  static readonly className = "dropoutkit>EmbeddingDropout";
  declare rate: number;

  /**
   * @throws {TypeError} If `layer` is no embedding, or `rate` no number.
   * @throws {RangeError} If `rate` is outside [0, 1], or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: EmbeddingDropoutArgs) {
    super("embeddingDropout", args);
    const className = args.layer.getClassName();
    if (className !== "Embedding") {
      throw new TypeError(`embeddingDropout: layer must be an Embedding, got ${className}`);
    }
    this.define({
      rates: { rate: args.rate },
      variantOf: ({ rate }) => embeddingDropoutVariant({ rate }),
    });
  }

  protected override noisyCall(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs,
  ): tf.Tensor | tf.Tensor[] {
    const training = this.source.trains(kwargs);
    const key = this.source.key(this, kwargs);
    const table: Readable = Reflect.get(this.layer, "embeddings");
    const embeddings = this.variant.parts.reduce(
      (x, part) => applyPart(part, { x, training, key }),
      table.read(),
    );
    const values = { embeddings: readable(embeddings) };
    return withWeights(this.layer, values, () => this.layer.call(inputs, kwargs));
  }
}

/**
 * Makes an embedding that drops words in training.
 * @throws As the constructor of `EmbeddingDropout` does.
 */
export function embeddingDropout(args: EmbeddingDropoutArgs): EmbeddingDropout {
  return new EmbeddingDropout(checkOptions("embeddingDropout", args));
}
