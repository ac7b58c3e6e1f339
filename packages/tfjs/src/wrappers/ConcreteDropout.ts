import {
  type ConcreteDropoutOptions,
  concreteDropout as concreteDropoutVariant,
} from "@dropoutkit/core";
import { checkOptions, evaluate } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { applyPart } from "../noise/applyPart.js";
import type { NoiseCallArgs } from "../noise/NoiseSource.js";
import { tensorAlgebra } from "../noise/tensorAlgebra.js";
import { NoiseWrapper, type NoiseWrapperArgs } from "./NoiseWrapper.js";
import { type NoisyLayer, noisyLayer } from "./noisyLayer.js";

type Weight = tf.layers.Layer["trainableWeights"][number];

/** Options of `concreteDropout`. */
export interface ConcreteDropoutArgs extends NoiseWrapperArgs, ConcreteDropoutOptions {}

/**
 * Drops what enters the wrapped layer at a rate that is learned, by draws that are relaxed so that the
 * loss has a gradient with respect to the rate; the layer itself at inference. Adds one weight, the rate's logit, and
 * to the model's loss the paper's regulariser of the kernel and of the rate.
 * @see Gal, Hron and Kendall 2017, "Concrete Dropout", section 3 (arXiv:1705.07832).
 */
export class ConcreteDropout extends NoiseWrapper {
  static readonly className = "dropoutkit>ConcreteDropout";
  declare readonly initialRate: number;
  declare readonly temperature: number;
  declare readonly weightRegularizer: number;
  declare readonly dropoutRegularizer: number;
  private readonly noisy: NoisyLayer;
  private logit: Weight | undefined;
  private features: number | undefined;

  /**
   * @throws {TypeError} If `layer` is no layer of one kernel, or an option no number.
   * @throws {RangeError} If an option is out of its range, or `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(args: ConcreteDropoutArgs) {
    super("concreteDropout", args);
    const { initialRate = 0.1, temperature = 0.1 } = args;
    const { weightRegularizer = 1e-6, dropoutRegularizer = 1e-5 } = args;
    const fixed = { initialRate, temperature, weightRegularizer, dropoutRegularizer };
    const variant = concreteDropoutVariant(fixed);
    // It is learned: a method tells it.
    const others = { rate: this.rate.bind(this) };
    this.define({ rates: {}, fixed, variantOf: () => variant }, others);
    this.noisy = noisyLayer("concreteDropout", args.layer);
    if (this.noisy.weights.kernel === undefined) {
      throw new TypeError(
        `concreteDropout: layer must not be recurrent, got ${args.layer.getClassName()}`,
      );
    }
  }

  override build(inputShape: tf.Shape): void {
    super.build(inputShape);
    const isFirst = Reflect.get(this.layer, "dataFormat") === "channelsFirst";
    this.features = inputShape.at(isFirst ? 1 : -1) ?? undefined;
    const value = this.variant.learned?.["logit"]?.init ?? 0;
    const initializer = tf.initializers.constant({ value });
    this.logit = this.addWeight("logit", [], "float32", initializer);
  }

  /** The rate that was learned so far; read from the device. */
  async rate(): Promise<number> {
    const rate = tf.tidy(() => tf.sigmoid(this.readLogit()));
    const [value] = await rate.data();
    rate.dispose();
    return value;
  }

  private readLogit(): tf.Tensor {
    if (this.logit === undefined) {
      throw new Error("concreteDropout: layer must be built to have a rate, got one that is not");
    }
    return this.logit.read();
  }

  protected override noisyCall(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs,
  ): tf.Tensor | tf.Tensor[] {
    const training = this.source.trains(kwargs);
    const key = this.source.key(this, kwargs);
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (training) this.keepInRange();
    const leaves = { "learned:logit": this.readLogit(), features: this.features };
    const noisy = this.variant.parts.reduce(
      (value, part) => applyPart(part, { x: value, leaves, training, key }),
      x,
    );
    return this.layer.call(noisy, kwargs);
  }

  /** tfjs applies no constraint while it trains, so the last update is corrected here. */
  private keepInRange(): void {
    const range = this.variant.learned?.["logit"]?.range;
    if (range && this.logit) this.logit.write(tf.clipByValue(this.readLogit(), range[0], range[1]));
  }

  override get losses(): tf.layers.Layer["losses"] {
    if (this.logit === undefined) return super.losses;
    return [...super.losses, () => this.penalty()];
  }

  private penalty(): tf.Scalar {
    const leaves = {
      "learned:logit": this.readLogit(),
      w: this.noisy.read(this.noisy.weights.kernel ?? ""),
      features: this.features,
    };
    const loss = evaluate(this.variant.penalty ?? 0, tensorAlgebra({ leaves }));
    return typeof loss === "number" ? tf.scalar(loss) : loss.asScalar();
  }
}

/**
 * Makes a layer that drops what enters another one at a learned rate.
 * @throws As the constructor of `ConcreteDropout` does.
 */
export function concreteDropout(args: ConcreteDropoutArgs): ConcreteDropout {
  return new ConcreteDropout(checkOptions("concreteDropout", args));
}
