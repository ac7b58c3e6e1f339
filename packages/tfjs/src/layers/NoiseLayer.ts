import {
  bindRate,
  checkWord,
  drawField,
  evaluate,
  type Part,
  partSite,
  rateScalars,
  reads,
  type Variant,
} from "@dropoutkit/core";
import * as tf from "@tensorflow/tfjs";
import { fieldTensor } from "../fieldTensor.js";
import { tensorAlgebra } from "../tensorAlgebra.js";

/** tfjs's own options of a layer: `name`, `inputShape`, `trainable` and so on. */
type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** Where a layer's noise comes from, beside tfjs's own options of a layer. */
export interface NoiseLayerArgs extends LayerArgs {
  /** Integer in [0, 2^32). Default 0, also for the `null` of a Keras config. */
  readonly seed?: number | null;
  /** Name of the noise: layers with different sites draw independently. Default: the layer's name. */
  readonly site?: string | null;
  /** Training calls already made, an integer in [0, 2^32). Default 0. */
  readonly step?: number | null;
}

/** What a caller of `call` or `apply` may say. */
export type NoiseCallArgs = {
  /** Draws noise if true; computes the variant's inference if false, the default. */
  readonly training?: boolean;
  /** Draws at this step, an integer in [0, 2^32), and leaves the layer's count as it is. */
  readonly step?: number;
};

interface PartCall {
  readonly x: tf.Tensor;
  readonly training: boolean;
  readonly step: number;
}

/**
 * A layer that executes a variant on its one float32 input; the output has the input's shape.
 *
 * The noise of a training call is a pure function of (seed, site, step). `step` is the layer's own
 * count of training calls: it is part of the config, so a saved model goes on where it stopped, and
 * no weight, so a model counts and loads the same weights with the layer as without.
 */
export abstract class NoiseLayer extends tf.layers.Layer {
  /** Training calls made so far: the step that the next one draws at. */
  step: number;
  readonly seed: number;
  private readonly variant: Variant;
  private readonly givenSite: string | undefined;

  /**
   * @throws {TypeError} If the variant acts elsewhere than on activations, or `site` is no string.
   * @throws {RangeError} If `seed` or `step` is no integer in [0, 2^32).
   */
  constructor(variant: Variant, args: NoiseLayerArgs) {
    super(args);
    // The default name begins with the class name, whose ">" tfjs allows in no name of a weight.
    if (!args.name) this.name = this.name.replace(/^.*_(\w+)>/, "$1_");
    this.variant = variant;
    this.supportsMasking = true;
    this.seed = checkWord(this.owner, "seed", args.seed ?? 0);
    this.step = checkWord(this.owner, "step", args.step ?? 0);
    this.givenSite = args.site ?? undefined;
    if (typeof this.site !== "string") {
      throw new TypeError(`${this.owner}: site must be a string, got ${String(this.site)}`);
    }
    for (const { at } of variant.parts) {
      if (at !== "activation") {
        throw new TypeError(`${this.owner}: variant must act on activations alone, got ${at}`);
      }
    }
  }

  /** Name of the layer's noise. */
  get site(): string {
    return this.givenSite ?? this.name;
  }

  private get owner(): string {
    return `${this.variant.name} "${this.name}"`;
  }

  /**
   * @throws {TypeError} If the input is not one float32 tensor.
   * @throws {RangeError} If the noise does not broadcast to it, or `step` is no integer in [0, 2^32).
   */
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: NoiseCallArgs = {}): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const { training = false, step = this.step } = kwargs;
      checkWord(this.owner, "step", step);
      let x = this.onlyInput(inputs);
      for (const part of this.variant.parts) x = this.applyPart(part, { x, training, step });
      if (training && kwargs.step === undefined) this.step += 1;
      return x;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    // tfjs turns every string of a config to snake_case and back, but one: that at a key `name`.
    const site = this.givenSite === undefined ? null : { name: this.givenSite };
    return { ...super.getConfig(), seed: this.seed, site, step: this.step };
  }

  /** Makes a layer from what `getConfig` returned, or from a Keras config. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { site } = config;
    if (typeof site !== "object" || site === null || Array.isArray(site)) return new cls(config);
    const { name } = site;
    return new cls({ ...config, site: name });
  }

  private onlyInput(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, ...more] = Array.isArray(inputs) ? inputs : [inputs];
    if (x === undefined || more.length > 0) {
      const count = x === undefined ? 0 : 1 + more.length;
      throw new TypeError(`${this.owner}: input must be one tensor, got ${count}`);
    }
    if (x.dtype !== "float32") {
      throw new TypeError(`${this.owner}: input must be float32, got ${x.dtype}`);
    }
    return x;
  }

  private applyPart(part: Part, { x, training, step }: PartCall): tf.Tensor {
    const formula = training ? part.train : part.infer;
    const key = { seed: this.seed, site: partSite(this.site, part), step };
    const field = reads(formula, "field")
      ? drawField(part.field, { ...key, target: x.shape })
      : undefined;
    const { rate } = part.field;
    const scalars = rate === undefined ? undefined : rateScalars(rate);
    const expr = scalars
      ? bindRate(formula, { ...scalars, gain: field?.gain ?? scalars.gain })
      : formula;
    const leaves = { x, features: x.shape.at(-1), field: field && fieldTensor(field) };
    const y = evaluate(expr, tensorAlgebra({ leaves }));
    return typeof y === "number" ? tf.fill(x.shape, y) : y;
  }
}
