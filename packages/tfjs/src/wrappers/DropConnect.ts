import { dropConnect as dropConnectVariant, recurrentDropConnect } from "@dropoutkit/core";
import { checkOptions, reads } from "@dropoutkit/core/adapter";
import * as tf from "@tensorflow/tfjs";
import { currentDevice } from "../device/currentDevice.js";
import { applyPart, type PartCall } from "../noise/applyPart.js";
import type { NoiseCallArgs } from "../noise/NoiseSource.js";
import { denseNoise } from "./denseNoise.js";
import { NoiseWrapper, type NoiseWrapperArgs } from "./NoiseWrapper.js";
import { type NoisyLayer, noisyLayer } from "./noisyLayer.js";
import { sampleLinear } from "./sampleLinear.js";
import { readable, withWeights } from "./withWeights.js";

/** Options of `dropConnect`. */
export interface DropConnectArgs extends NoiseWrapperArgs {
  /** Drop probability of each weight, in [0, 1]. */
  readonly rate: number;
  /** Whether each example has a mask of its own, as in the paper, or the batch has one. Default "example"; of a recurrent layer "batch", and nothing else. */
  readonly per?: "example" | "batch" | null;
  /** Samples of the pre-activation at inference, an integer >= 1, whose activations are averaged; not of a recurrent layer. Default: none, the mean weights. */
  readonly samples?: number | null;
}

/**
 * Drops weights of the wrapped layer in training, in the place of activations; the mean weights at
 * inference, or with `samples` the mean over draws of the pre-activation, from the normal distribution that
 * the masks give it: those of the layer's step, so that a model predicts the same twice. Of a dense, convolutional, depthwise or transposed layer the kernel and the bias; of an
 * LSTM, GRU or SimpleRNN the recurrent kernel, one mask a sequence.
 * @see Wan et al. 2013, "Regularization of Neural Networks using DropConnect", ICML, sections 3 and 3.2; Merity,
 * Keskar and Socher 2018, "Regularizing and Optimizing LSTM Language Models", section 2 (arXiv:1708.02182).
 */
export class DropConnect extends NoiseWrapper {
  static readonly className = "dropoutkit>DropConnect";
  declare rate: number;
  declare readonly per: "example" | "batch";
  declare readonly samples: number | null;
  private readonly noisy: NoisyLayer;

  /**
   * @throws {TypeError} If `layer` is no layer of one kernel, `rate` no number, or `per` is "example" or
   * `samples` given for a recurrent layer.
   * @throws {RangeError} If `rate` is outside [0, 1], `samples` no integer >= 1, or `seed` or `step` no
   * integer in [0, 2^32).
   */
  constructor(args: DropConnectArgs) {
    super("dropConnect", args);
    const { layer } = args;
    this.noisy = noisyLayer("dropConnect", layer);
    const isRecurrent = "recurrentKernel" in this.noisy.weights;
    const per = args.per ?? (isRecurrent ? "batch" : "example");
    const samples = args.samples ?? null;
    if (isRecurrent && per === "example") {
      throw new TypeError(
        `dropConnect: per must be batch for a recurrent layer, got example for ${layer.name}`,
      );
    }
    if (isRecurrent && samples !== null) {
      throw new TypeError(
        `dropConnect: samples must be left out for a recurrent layer, got ${samples} for ${layer.name}`,
      );
    }
    this.define({
      rates: { rate: args.rate },
      fixed: { per, samples },
      variantOf: ({ rate }) =>
        isRecurrent
          ? recurrentDropConnect({ rate })
          : dropConnectVariant({ rate, per, ...(samples !== null && { samples }) }),
    });
  }

  protected override noisyCall(
    inputs: tf.Tensor | tf.Tensor[],
    kwargs: NoiseCallArgs,
  ): tf.Tensor | tf.Tensor[] {
    const training = this.source.trains(kwargs);
    const key = this.source.key(this, kwargs);
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!training) {
      const { layer, noisy } = this;
      const sampled = this.variant.parts.find(({ infer }) => reads(infer, "field"));
      return sampled ? sampleLinear(sampled, { layer, noisy, x, key }) : layer.call(inputs, kwargs);
    }
    const call = { training, key, batch: x.shape[0] };
    if (this.per === "batch") {
      const values = [...this.noisyWeights(call)].map(([name, weight]) => [name, readable(weight)]);
      return withWeights(this.noisy.owner, Object.fromEntries(values), () =>
        this.layer.call(inputs, kwargs),
      );
    }
    const isDense = this.layer.getClassName() === "Dense" && x.rank === 2;
    return isDense ? this.dense(x, call) : this.eachExample(x, call, kwargs);
  }

  /** What the variant's parts make of the weights that the layer has, by property. */
  private noisyWeights(call: Omit<PartCall, "x">): Map<string, tf.Tensor> {
    const made = new Map<string, tf.Tensor>();
    for (const part of this.variant.parts) {
      const property = this.noisy.weights[part.at];
      const weight = property === undefined ? undefined : this.noisy.read(property);
      if (property !== undefined && weight) {
        made.set(property, applyPart(part, { ...call, x: weight }));
      }
    }
    return made;
  }

  private dense(x: tf.Tensor, call: Omit<PartCall, "x">): tf.Tensor {
    const y = currentDevice().readsAtOnce ? this.denseOnHost(x, call) : this.denseOfBatch(x, call);
    const activation: { apply(x: tf.Tensor): tf.Tensor } | null = Reflect.get(
      this.layer,
      "activation",
    );
    return activation ? activation.apply(y) : y;
  }

  private denseOnHost(x: tf.Tensor, { key }: Omit<PartCall, "x">): tf.Tensor {
    const kernel = this.noisy.read("kernel");
    if (kernel === undefined) throw new Error("dropConnect: layer must be built, got none");
    return denseNoise(this.variant.parts, { x, kernel, bias: this.noisy.read("bias") }, key);
  }

  /** By one product with all examples' kernels, `[batch, inputs, units]`. */
  private denseOfBatch(x: tf.Tensor, call: Omit<PartCall, "x">): tf.Tensor {
    const weights = this.noisyWeights(call);
    const [kernels, biases] = ["kernel", "bias"].map((name) => weights.get(name));
    if (kernels === undefined) throw new Error("dropConnect: layer must be built, got none");
    const y = tf.squeeze(tf.matMul(tf.expandDims(x, 1), kernels), [1]);
    return biases ? tf.add(y, biases) : y;
  }

  /** Runs the layer once for each example, with that example's weights. */
  private eachExample(
    x: tf.Tensor,
    call: Omit<PartCall, "x">,
    kwargs: NoiseCallArgs,
  ): tf.Tensor | tf.Tensor[] {
    const weights = [...this.noisyWeights(call)].map(
      ([property, all]) => [property, tf.unstack(all)] as const,
    );
    const outputs = tf.split(x, x.shape[0]).map((example, i) => {
      const values = Object.fromEntries(weights.map(([name, all]) => [name, readable(all[i])]));
      return withWeights(this.noisy.owner, values, () => this.layer.call(example, kwargs));
    });
    return tf.concat(outputs.flat());
  }
}

/**
 * Makes a layer that drops weights of another one in training.
 * @throws As the constructor of `DropConnect` does.
 */
export function dropConnect(args: DropConnectArgs): DropConnect {
  return new DropConnect(checkOptions("dropConnect", args));
}
