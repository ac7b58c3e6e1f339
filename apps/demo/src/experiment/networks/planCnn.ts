import { SIDE } from "../../data/digits.js";
import type { LayerPlan } from "./LayerPlan.js";
import { logitsLayer } from "./logitsLayer.js";
import { noiseAt } from "./noiseAt.js";
import type { PlanOptions } from "./planMlp.js";
import { startValues } from "./startValues.js";

/** Channels of the image and of what the convolutions make. */
const CHANNELS = [1, 8, 16];

/** Two convolutions, each with a pool behind it and the noise between them, and a dense layer. */
export function planCnn({ noise, seed }: PlanOptions): LayerPlan[] {
  let side = SIDE;
  const blocks = CHANNELS.slice(1).flatMap((filters, i): LayerPlan[] => {
    const channels = CHANNELS[i];
    const shape = [3, 3, channels, filters];
    const bound = 1 / Math.sqrt(9 * channels);
    const values = startValues(seed, { index: i + 1, shape, bound });
    const maps = side - 2;
    side = Math.floor(maps / 2);
    const at = { index: i, shape: [maps, maps, filters] };
    return [
      { kind: "convolution", name: `convolution${i + 1}`, channels, filters, ...values },
      ...(noise ? [noiseAt(noise, at)] : []),
      { kind: "pool" },
    ];
  });
  const inputs = side * side * CHANNELS[CHANNELS.length - 1];
  return [
    { kind: "reshape", shape: [SIDE, SIDE, 1] },
    ...blocks,
    { kind: "reshape", shape: [inputs] },
    logitsLayer(seed, inputs),
  ];
}
