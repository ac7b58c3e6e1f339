import type { Variant } from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { defineOptions, type LayerOptions } from "../noise/defineOptions.js";
import {
  type NoiseArgs,
  type NoiseCallArgs,
  NoiseSource,
  noiseConfig,
} from "../noise/NoiseSource.js";
import type { Noisy } from "../noise/Noisy.js";
import { deserialize, type SerializedLayer, serialize } from "../registry/deserialize.js";
import { checkTensors, kindOf, OF_ONE_COPY } from "../registry/oneCopy.js";
import { mirror } from "./mirror.js";

type Layer = tf.layers.Layer;
type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Options of every wrapper. */
export interface NoiseWrapperArgs extends LayerArgs, NoiseArgs {
  /** The layer whose weights get noise. */
  readonly layer: Layer;
}

/** What tfjs reads and writes of any layer, beside methods. */
const ofLayers = [
  "activityRegularizer",
  "inputSpec",
  "supportsMasking",
  "warnOnIncompatibleInputShape",
] as const;

/** What `Bidirectional` and the methods of an RNN read and write of a recurrent layer. */
const ofRnns = [
  "cell",
  "getInitialState",
  "getStates",
  "goBackwards",
  "keptStates",
  "numConstants",
  "returnSequences",
  "returnState",
  "setStates",
  "stateSpec",
  "states",
  "states_",
  "unroll",
] as const;

/**
 * A layer around another one, which it is to tfjs: it has its weights, shapes, masks, losses and states.
 * tfjs's own wrapper is not to be had from outside.
 */
export abstract class NoiseWrapper extends tf.layers.Layer implements Noisy {
  declare readonly layer: Layer;
  declare readonly variant: Variant;
  declare seed: number;
  /** Training calls made so far: the step that the next one draws at. */
  declare step: number;
  /** Name of the layer's noise. */
  declare readonly site: string;
  /** Its drop probabilities that can be set, by the names of its properties. */
  declare readonly rates: Readonly<Record<string, number>>;
  protected readonly source: NoiseSource;
  private optionsConfig: () => tf.serialization.ConfigDict;

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
    mirror(layer, this, layer instanceof tf.layers.RNN ? [...ofLayers, ...ofRnns] : ofLayers);
    if (!this.batchInputShape && layer.batchInputShape) {
      this.batchInputShape = layer.batchInputShape;
      this.dtype = layer.dtype;
    }
    this.source = new NoiseSource(`${owner} "${this.name}"`, args);
    this.optionsConfig = () => this.source.config(this);
  }

  /** Makes the options of a wrapper its properties. */
  protected define(options: LayerOptions, others: Readonly<Record<string, unknown>> = {}): void {
    const { source, layer } = this;
    const all = { layer, ...others };
    this.optionsConfig = defineOptions(this, { ...options, source, others: all });
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
    // That of an RNN takes initial states from the call, and leaves the rest to that of a layer.
    const { RNN, Layer } = tf.layers;
    const { apply } = (this.layer instanceof RNN ? RNN : Layer).prototype;
    return apply.call(this, inputs, kwargs);
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs = {},
  ): tf.Tensor | tf.Tensor[] {
    checkTensors(this.source.owner, inputs);
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const output = this.noisyCall(inputs, kwargs);
      this.source.advance(this, kwargs);
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

  /** Whether weights train: those of a layer that is frozen do not, nor those of a wrapper that is. */
  override get trainable(): boolean {
    return super.trainable && this.layer.trainable;
  }

  override set trainable(value: boolean) {
    super.trainable = value;
    this.layer.trainable = value;
    // tfjs freezes the cell of an LSTM by its options and config, and thaws it by nothing.
    const cell: unknown = Reflect.get(this.layer, "cell");
    if (cell instanceof tf.layers.Layer) cell.trainable = value;
  }

  override get trainableWeights(): Layer["trainableWeights"] {
    return this.trainable ? [...this.layer.trainableWeights, ...super.trainableWeights] : [];
  }

  override get nonTrainableWeights(): Layer["nonTrainableWeights"] {
    const { trainable, layer } = this;
    const inner = trainable ? layer.nonTrainableWeights : layer.weights;
    return [...inner, ...super.nonTrainableWeights];
  }

  override get losses(): Layer["losses"] {
    return this.layer.losses;
  }

  override get updates(): Layer["updates"] {
    return this.layer.updates;
  }

  override get stateful(): boolean {
    return this.layer.stateful;
  }

  /** That of a recurrent layer takes states, and whether they come from training. */
  override resetStates(...args: unknown[]): void {
    const reset: (...args: unknown[]) => void = this.layer.resetStates;
    reset.apply(this.layer, args);
  }

  override setFastWeightInitDuringBuild(value: boolean): void {
    super.setFastWeightInitDuringBuild(value);
    this.layer.setFastWeightInitDuringBuild(value);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { layer } = this;
    return {
      ...super.getConfig(),
      trainable: super.trainable,
      layer: serialize(layer),
      // Bidirectional turns it around in the config of what it holds.
      ...(layer instanceof tf.layers.RNN && { goBackwards: layer.goBackwards }),
      ...this.optionsConfig(),
    };
  }

  /** Makes a wrapper, and the layer in it, from what `getConfig` returned. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { goBackwards } = config;
    const { className, config: inner } = config["layer"] as SerializedLayer;
    const turned = goBackwards === undefined ? inner : { ...inner, goBackwards };
    const layer: unknown = deserialize({ className, config: turned });
    return new cls({ ...noiseConfig(config), layer: layer as tf.serialization.ConfigDictValue });
  }
}
