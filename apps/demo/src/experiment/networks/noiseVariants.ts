import {
  alphaDropout,
  dropBlock,
  dropout,
  gaussianDropout,
  spatialDropout,
  type Variant,
} from "@dropoutkit/core";
import type { NoiseVariant } from "./LayerPlan.js";

/** Side of DropBlock's squares, in pixels. */
export const BLOCK = 5;

/** The variants of activations, as core describes them. */
export const noiseVariants: Readonly<Record<NoiseVariant, (rate: number) => Variant>> = {
  dropout: (rate) => dropout({ rate }),
  gaussian: (rate) => gaussianDropout({ rate }),
  alpha: (rate) => alphaDropout({ rate }),
  spatial: (rate) => spatialDropout({ rate }),
  dropBlock: (rate) => dropBlock({ rate, blockSize: BLOCK }),
};
