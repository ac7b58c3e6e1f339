import { dropout, forward, spatialDropout, stochasticDepth, type Variant } from "@dropoutkit/core";
import type { Case } from "../Case.js";
import { COPY, copyOf, MILLION, places } from "./corePlaces.js";

/** A variant whose field is smaller than the values, and 1M values. */
interface SharedField {
  readonly name: string;
  readonly variant: Variant;
  readonly shape: readonly number[];
}

const fields: readonly SharedField[] = [
  {
    name: "spatial",
    variant: spatialDropout({ rate: 0.3, channels: "last" }),
    shape: [16, 32, 32, 64],
  },
  {
    name: "spatial, channels first",
    variant: spatialDropout({ rate: 0.3, channels: "first" }),
    shape: [16, 64, 32, 32],
  },
  {
    name: "variational",
    variant: dropout({ rate: 0.3, noiseShape: [null, 1, null] }),
    shape: [128, 32, 256],
  },
  { name: "stochastic depth", variant: stochasticDepth({ rate: 0.3 }), shape: [128, 8192] },
];

/** Few draws and one pass: at most 1.5 copies of the array. */
export const coreShared: readonly Case[] = fields.flatMap(({ name, variant, shape }) =>
  [1, 16].flatMap((millions) =>
    places.map(
      (place): Case => ({
        name: `core ${name} ${millions}M, ${place.name}`,
        peer: COPY,
        target: 1 / 1.5,
        runs: millions === 1 ? 51 : 15,
        prepare: async () => {
          const { x, output } = place.arrays(millions * MILLION);
          const larger = [shape[0] * millions, ...shape.slice(1)];
          const call = { shape: larger, seed: 7, site: "bench", training: true } as const;
          let step = 0;
          return {
            ours: () => {
              forward(variant, x, { ...call, step }, output);
              step += 1;
            },
            ...copyOf(millions * MILLION),
          };
        },
      }),
    ),
  ),
);
