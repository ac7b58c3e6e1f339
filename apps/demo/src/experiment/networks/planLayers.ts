import { derive, drawUniform } from "@dropoutkit/core";
import { SIDE } from "../../data/digits.js";
import { type Activation, initialNetwork } from "../network.js";
import type { LayerPlan, NoiseVariant, RecurrentNoise } from "./LayerPlan.js";
import type { NetworkId } from "./networks.js";

const LSTM_UNITS = 64;
const DIGITS = 10;

/** What a plan depends on. */
export interface PlannedSettings {
  readonly network: NetworkId;
  /** Of the network's variants. */
  readonly variant: string;
  /** Drop probabilities in [0, 1], one for each rate of the variant; undefined for the network without dropout. */
  readonly rates: readonly number[] | undefined;
  /** Of the start values: an integer in [0, 2^32). */
  readonly seed: number;
}

/** The layers of a network with their start values: the same for every framework, with dropout and without. */
export function planLayers(settings: PlannedSettings): LayerPlan[] {
  switch (settings.network) {
    case "cnn":
      return planCnn(settings);
    case "lstm":
      return planLstm(settings);
    default:
      return planMlp(settings);
  }
}

function planMlp({ network, variant, rates, seed }: PlannedSettings): LayerPlan[] {
  const activation: Activation = variant === "alpha" ? "selu" : "relu";
  return initialNetwork(seed, activation).flatMap((start, i): LayerPlan[] => {
    const { inputs, units, kernel, bias, dropout: site } = start;
    const name = `dense${i + 1}`;
    const values = { kind: "dense", name, inputs, units, kernel, bias } as const;
    if (site === undefined) return [{ ...values, activation: "linear" }];
    const layer = { ...values, activation };
    const rate = rates?.[i];
    if (rate === undefined) return [layer];
    if (network === "dropConnect") return [{ ...layer, connect: { rate } }];
    const noise = { site, variant: noiseVariantOf(variant), rate, shape: [units] };
    return [layer, { kind: "noise", ...noise }];
  });
}

function planCnn({ variant, rates, seed }: PlannedSettings): LayerPlan[] {
  const layers: LayerPlan[] = [{ kind: "reshape", shape: [SIDE, SIDE, 1] }];
  let side = SIDE;
  [1, 8, 16].forEach((channels, i, all) => {
    const filters = all[i + 1];
    if (filters === undefined) return;
    side -= 2;
    layers.push({
      kind: "convolution",
      name: `convolution${i + 1}`,
      channels,
      filters,
      ...startValues(seed, {
        index: i + 1,
        shape: [3, 3, channels, filters],
        inputs: 9 * channels,
      }),
    });
    const rate = rates?.[i];
    if (rate !== undefined) {
      const site = `dropout${i + 1}`;
      const shape = [side, side, filters];
      layers.push({ kind: "noise", site, variant: noiseVariantOf(variant), rate, shape });
    }
    layers.push({ kind: "pool" });
    side /= 2;
  });
  side = Math.floor(side);
  const inputs = side * side * 16;
  layers.push({ kind: "reshape", shape: [inputs] });
  layers.push(output(seed, 3, inputs));
  return layers;
}

function planLstm({ variant, rates, seed }: PlannedSettings): LayerPlan[] {
  const units = LSTM_UNITS;
  const weights = (index: number, inputs: number) =>
    startValues(seed, { index, shape: [inputs, 4 * units], inputs: units });
  return [
    { kind: "reshape", shape: [SIDE, SIDE] },
    {
      kind: "lstm",
      name: "lstm",
      features: SIDE,
      units,
      ...weights(1, SIDE),
      recurrentKernel: weights(2, units).kernel,
      ...(rates && { noise: recurrentNoise(variant, rates) }),
    },
    output(seed, 3, units),
  ];
}

function recurrentNoise(variant: string, rates: readonly number[]): RecurrentNoise {
  const [first, second, third] = rates;
  return variant === "zoneout"
    ? { variant, stateRate: first, cellRate: second }
    : { variant: "variational", inputRate: first, stateRate: second, outputRate: third };
}

function noiseVariantOf(variant: string): NoiseVariant {
  switch (variant) {
    case "gaussian":
    case "alpha":
    case "spatial":
    case "dropBlock":
    case "dropout":
      return variant;
    default:
      throw new Error(`demo: variant must be one that acts on activations, got ${variant}`);
  }
}

/** The layer of the logits. */
const output = (seed: number, index: number, inputs: number): LayerPlan => ({
  kind: "dense",
  name: `dense${index}`,
  inputs,
  units: DIGITS,
  activation: "linear",
  ...startValues(seed, { index, shape: [inputs, DIGITS], inputs }),
});

/** Uniform within 1 / sqrt(inputs), as PyTorch starts its layers; the last axis has a bias each. */
function startValues(
  seed: number,
  {
    index,
    shape,
    inputs,
  }: { readonly index: number; readonly shape: readonly number[]; readonly inputs: number },
): { readonly kernel: Float32Array; readonly bias: Float32Array } {
  const stream = derive(seed, "weights");
  const bound = 1 / Math.sqrt(inputs);
  const draw = (site: string, sizes: readonly number[]): Float32Array =>
    drawUniform({ seed: stream, site, step: 0, shape: sizes }).map((u) => (2 * u - 1) * bound);
  return {
    kernel: draw(`kernel${index}`, shape),
    bias: draw(`bias${index}`, shape.slice(-1)),
  };
}
