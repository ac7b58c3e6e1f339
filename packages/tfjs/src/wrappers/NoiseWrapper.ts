import type { Variant } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { deserialize, serialize } from "../deserialize.js";
import {
  type NoiseArgs,
  type NoiseCallArgs,
  NoiseSource,
  noiseConfig,
} from "../noise/NoiseSource.js";
import type { Noisy } from "../noise/Noisy.js";
import { checkTensors, kindOf, OF_ONE_COPY } from "../oneCopy.js";

type Layer = tf.layers.Layer;
type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Options of every wrapper. */
export interface NoiseWrapperArgs extends LayerArgs, NoiseArgs {
  /** The layer whose weights get noise. */
  readonly layer: Layer;
}

/**
 * A layer around another one, whose weights, shapes, masks and losses it has. tfjs's own wrapper is not
 * to be had from outside.
 */
export abstract class NoiseWrapper extends tf.layers.Layer implements Noisy {
  readonly layer: Layer;
  abstract readonly variant: Variant;
  protected readonly source: NoiseSource;
  private readonly owner: string;

  /**
   * @throws {TypeError} If `layer` is none of the tfjs that this package imports, or `site` is no string.
   * @throws {RangeError} If `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(owner: string, { layer, ...args }: NoiseWrapperArgs) {
    super(args);
    if (!(layer instanceof tf.layers.Layer)) {
      throw new TypeError(`${owner}: layer must be one ${OF_ONE_COPY}, got ${kindOf(layer)}`);
    }
    if (!args.name) this.name = this.name.replace(/^.*_(\w+)>/, "$1_");
    this.layer = layer;
    this.supportsMasking = layer.supportsMasking;
    this.owner = `${owner} "${this.name}"`;
    this.source = new NoiseSource(this.owner, args);
  }

  get seed(): number {
    return this.source.seed;
  }

  /** Training calls made so far: the step that the next one draws at. */
  get step(): number {
    return this.source.step;
  }

  set step(step: number) {
    this.source.step = step;
  }

  /** Name of the layer's noise. */
  get site(): string {
    return this.source.siteOf(this);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const { layer } = this;
    if (!layer.built) {
      layer.build(inputShape);
      layer.built = true;
      // A layer takes the weights that it was made with when it is applied, which this one never is.
      if (layer.initialWeights) layer.setWeights(layer.initialWeights);
    }
    super.build(inputShape);
  }

  /** @throws {TypeError} If `training` differs between places of one layer in a graph. */
  override apply(
    ...[inputs, kwargs]: Parameters<tf.layers.Layer["apply"]>
  ): ReturnType<tf.layers.Layer["apply"]> {
    this.source.place(inputs, kwargs);
    return super.apply(inputs, kwargs);
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs = {},
  ): tf.Tensor | tf.Tensor[] {
    checkTensors(this.owner, inputs);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const output = this.noisyCall(inputs, kwargs);
      this.source.advance(kwargs);
      return output;
    });
  }

  /** The wrapped layer's call, with noise. */
  protected abstract noisyCall(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs,
  ): tf.Tensor | tf.Tensor[];

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return this.layer.computeOutputShape(inputShape);
  }

  override computeMask(
    inputs: tf.Tensor | tf.Tensor[],
    mask?: tf.Tensor | tf.Tensor[],
  ): tf.Tensor | tf.Tensor[] {
    return this.layer.computeMask(inputs, mask);
  }

  override get trainable(): boolean {
    // tfjs's constructor asks before the layer is set.
    return this.layer?.trainable ?? true;
  }

  override set trainable(value: boolean) {
    if (this.layer) this.layer.trainable = value;
  }

  override get trainableWeights(): Layer["trainableWeights"] {
    return [...this.layer.trainableWeights, ...super.trainableWeights];
  }

  override get nonTrainableWeights(): Layer["nonTrainableWeights"] {
    return [...this.layer.nonTrainableWeights, ...super.nonTrainableWeights];
  }

  override get losses(): Layer["losses"] {
    return this.layer?.losses ?? [];
  }

  override setFastWeightInitDuringBuild(value: boolean): void {
    this.layer.setFastWeightInitDuringBuild(value);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), layer: serialize(this.layer), ...this.source.config() };
  }

  /** Makes a wrapper, and the layer in it, from what `getConfig` returned. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const layer = deserialize(config["layer"]) as unknown as tf.serialization.ConfigDictValue;
    return new cls({ ...noiseConfig(config), layer });
  }
}
