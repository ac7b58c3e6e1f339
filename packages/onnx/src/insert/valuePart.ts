import type { Variant } from "@dropoutkit/core";
import { activationPart, checkVariant, type Part, withChannels } from "@dropoutkit/core/adapter";

/**
 * The one part of a variant that acts on activations, or on what enters a layer, by one field over their values. Channels
 * of ONNX's convolutions and pools are first.
 * @throws {TypeError} If the variant does more, or acts elsewhere.
 */
export function valuePart(owner: string, variant: Variant): Part {
  return activationPart(owner, withChannels(checkVariant(owner, variant), "first"));
}

/**
 * `valuePart` of a variant that learns nothing.
 * @throws {TypeError} If the variant does more, acts elsewhere, or has parameters that are learned.
 */
export function fixedPart(owner: string, variant: Variant): Part {
  const part = valuePart(owner, variant);
  if (variant.learned === undefined) return part;
  throw new TypeError(`${owner}: variant must learn nothing, got ${variant.name}`);
}
