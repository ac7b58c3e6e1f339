import type { Variant } from "@dropoutkit/core";
import { activationPart, ownedBy } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { applyPart } from "../noise/applyPart.js";
import { defineOptions, type LayerOptions } from "../noise/defineOptions.js";
import {
  type NoiseArgs,
  type NoiseCallArgs,
  NoiseSource,
  noiseConfig,
} from "../noise/NoiseSource.js";
import type { Noisy } from "../noise/Noisy.js";
import { factoryName } from "../registry/factoryName.js";
import { checkTensors } from "../registry/oneCopy.js";

/** tfjs's own options of a layer: `name`, `inputShape`, `trainable` and so on. */
type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Where a layer's noise comes from, beside tfjs's own options of a layer. */
export interface NoiseLayerArgs extends LayerArgs, NoiseArgs {}

/**
 * A layer that executes a variant on its one float32 input; the output has the input's shape.
 *
 * The noise of a training call is a pure function of (seed, site, step). `step` is the layer's own
 * count of training calls: it is part of the config, so a saved model goes on where it stopped, and
 * no weight, so a model counts and loads the same weights with the layer as without.
 */
export abstract class NoiseLayer extends tf.layers.Layer implements Noisy {
  declare readonly variant: Variant;
  declare seed: number;
  /** Training calls made so far: the step that the next one draws at. */
  declare step: number;
  /** Name of the layer's noise. */
  declare readonly site: string;
  /** Its drop probabilities that can be set, by the names of its properties. */
  declare readonly rates: Readonly<Record<string, number>>;
  private readonly source: NoiseSource;
  private readonly optionsConfig: () => tf.serialization.ConfigDict;

  /**
   * @throws {TypeError} If the variant acts elsewhere than on activations, or `site` is no string.
   * @throws {RangeError} If `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(
    options: LayerOptions,
    { rank, ...args }: NoiseLayerArgs & { readonly rank?: number },
  ) {
    const made = factoryName(new.target);
    ownedBy(made, () => options.variantOf(options.rates));
    super(args);
    // The default name begins with the class name, whose ">" tfjs allows in no name of a weight.
    if (!args.name) this.name = this.name.replace(/^.*_(\w+)>/, "$1_");
    this.supportsMasking = true;
    if (rank !== undefined) this.inputSpec = [new tf.InputSpec({ ndim: rank })];
    this.source = new NoiseSource(`${made} "${this.name}"`, args);
    this.optionsConfig = defineOptions(this, { ...options, source: this.source });
    activationPart(this.source.owner, this.variant);
  }

  /** @throws {TypeError} If `training` differs between places of one layer in a graph. */
  override apply(
    ...[inputs, kwargs]: Parameters<tf.layers.Layer["apply"]>
  ): ReturnType<tf.layers.Layer["apply"]> {
    this.source.place(inputs, kwargs);
    return super.apply(inputs, kwargs);
  }

  /**
   * @throws {TypeError} If the input is not one float32 tensor.
   * @throws {RangeError} If the noise does not broadcast to it, or `step` is no integer in [0, 2^32).
   */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: NoiseCallArgs = {}): tf.Tensor {
    const { source, variant } = this;
    checkTensors(source.owner, inputs);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const part = activationPart(source.owner, variant);
      const x = this.onlyInput(inputs);
      const training = source.trains(kwargs);
      const y = applyPart(part, { x, training, key: source.key(this, kwargs) });
      source.advance(this, kwargs);
      return y;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.optionsConfig() };
  }

  /** Makes a layer from what `getConfig` returned, or from a Keras config. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(noiseConfig(config));
  }

  private onlyInput(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, ...more] = Array.isArray(inputs) ? inputs : [inputs];
    if (x === undefined || more.length > 0) {
      const count = x === undefined ? 0 : 1 + more.length;
      throw new TypeError(`${this.source.owner}: input must be one tensor, got ${count}`);
    }
    if (x.dtype !== "float32") {
      throw new TypeError(`${this.source.owner}: input must be float32, got ${x.dtype}`);
    }
    return x;
  }
}
