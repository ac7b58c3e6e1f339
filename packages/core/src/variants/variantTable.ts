import type { Variant } from "../seam/seam.js";
import { alphaDropoutEntry } from "./alphaDropout.js";
import { concreteDropoutEntry } from "./concreteDropout.js";
import { dropBlockEntry } from "./dropBlock.js";
import { dropConnectEntry } from "./dropConnect.js";
import { dropoutEntry } from "./dropout.js";
import { embeddingDropoutEntry } from "./embeddingDropout.js";
import { featureAlphaDropoutEntry } from "./featureAlphaDropout.js";
import { gaussianDropoutEntry } from "./gaussianDropout.js";
import { recurrentDropConnectEntry } from "./recurrentDropConnect.js";
import { sparseVariationalDropoutEntry } from "./sparseVariationalDropout.js";
import { spatialDropoutEntry } from "./spatialDropout.js";
import { stochasticDepthEntry } from "./stochasticDepth.js";
import { tokenDropoutEntry } from "./tokenDropout.js";
import type { VariantEntry } from "./VariantEntry.js";
import { variationalDropoutEntry } from "./variationalDropout.js";
import { zoneoutEntry } from "./zoneout.js";

/** Every variant, in the order of the documents. */
export const variantTable: readonly VariantEntry[] = [
  dropoutEntry,
  spatialDropoutEntry,
  tokenDropoutEntry,
  dropBlockEntry,
  stochasticDepthEntry,
  alphaDropoutEntry,
  featureAlphaDropoutEntry,
  gaussianDropoutEntry,
  dropConnectEntry,
  recurrentDropConnectEntry,
  variationalDropoutEntry,
  zoneoutEntry,
  embeddingDropoutEntry,
  concreteDropoutEntry,
  sparseVariationalDropoutEntry,
];

/**
 * Makes a variant of the table from options of any kind, which its factory checks.
 * @throws As the factory does.
 */
export function makeVariant(
  { make }: VariantEntry,
  options: Readonly<Record<string, unknown>>,
): Variant {
  return Reflect.apply(make, undefined, [options]);
}
