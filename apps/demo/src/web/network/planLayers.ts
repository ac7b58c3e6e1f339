import { derive, drawUniform } from "@dropoutkit/core";
import { PIXELS, SIDE } from "../../data/digits.js";
import type { Activation, LayerPlan, NoiseVariant, RecurrentNoise } from "./LayerPlan.js";
import type { Settings } from "./Settings.js";

const UNITS = 256;
const LSTM_UNITS = 64;
const DIGITS = 10;

/** What a plan depends on; without rates, the network without dropout. */
export type PlannedSettings = Pick<Settings, "network" | "variant" | "seed"> & {
  readonly rates: readonly number[] | undefined;
};

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
  const sizes = [PIXELS, UNITS, UNITS, DIGITS];
  return sizes.slice(1).flatMap((units, i): LayerPlan[] => {
    const isLast = i === sizes.length - 2;
    const rate = isLast ? undefined : rates?.[i];
    const connects = network === "dropConnect" && rate !== undefined;
    const layer = dense(seed, {
      index: i + 1,
      inputs: sizes[i],
      units,
      activation: isLast ? "linear" : activation,
    });
    if (connects) return [{ ...layer, connect: { rate } }];
    if (rate === undefined) return [layer];
    const noise = { site: `dropout${i + 1}`, variant: noiseVariantOf(variant), rate };
    return [layer, { kind: "noise", ...noise, shape: [units] }];
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
  layers.push(dense(seed, { index: 3, inputs, units: DIGITS, activation: "linear" }));
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
    dense(seed, { index: 3, inputs: units, units: DIGITS, activation: "linear" }),
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

interface DenseSizes {
  readonly index: number;
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
}

const dense = (seed: number, { index, inputs, units, activation }: DenseSizes) => ({
  kind: "dense" as const,
  name: `dense${index}`,
  inputs,
  units,
  activation,
  ...startValues(seed, { index, shape: [inputs, units], inputs }),
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
