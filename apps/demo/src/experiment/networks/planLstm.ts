import { SIDE } from "../../data/digits.js";
import type { LayerPlan, RecurrentNoise } from "./LayerPlan.js";
import { logitsLayer } from "./logitsLayer.js";
import type { Noise } from "./Noise.js";
import { noiseAt } from "./noiseAt.js";
import type { PlanOptions } from "./planMlp.js";
import { startValues } from "./startValues.js";

const UNITS = 64;

/** An LSTM that reads an image row by row, and a dense layer of its last output. */
export function planLstm({ noise, seed }: PlanOptions): LayerPlan[] {
  const weights = (index: number, inputs: number) =>
    startValues(seed, { index, shape: [inputs, 4 * UNITS], bound: 1 / Math.sqrt(UNITS) });
  const isNaive = noise?.variant === "naive";
  return [
    { kind: "reshape", shape: [SIDE, SIDE] },
    ...(isNaive ? [noiseAt(noise, { index: 0, shape: [SIDE, SIDE] })] : []),
    {
      kind: "lstm",
      name: "lstm",
      features: SIDE,
      units: UNITS,
      ...weights(1, SIDE),
      recurrentKernel: weights(2, UNITS).kernel,
      ...(noise && !isNaive && { noise: recurrentNoise(noise) }),
    },
    ...(isNaive ? [noiseAt(noise, { index: 1, shape: [UNITS] })] : []),
    logitsLayer(seed, UNITS),
  ];
}

function recurrentNoise({ variant, rates }: Noise): RecurrentNoise {
  const [first, second, third] = rates;
  return variant === "zoneout"
    ? { variant, stateRate: first, cellRate: second }
    : { variant: "variational-dropout", inputRate: first, stateRate: second, outputRate: third };
}
