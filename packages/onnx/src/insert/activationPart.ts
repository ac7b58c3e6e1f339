import { type Part, type Variant, withChannels } from "@dropoutkit/core";

/**
 * The one part of a variant that acts on activations, by one field over their values.
 * @throws {TypeError} If the variant does more, acts elsewhere, or has parameters that are learned.
 */
export function activationPart(owner: string, variant: Variant): Part {
  const part = onlyPart(owner, variant);
  if (part.at === "activation" && variant.learned === undefined) return part;
  throw new TypeError(`${owner}: variant must act on activations alone, got ${variant.name}`);
}

/**
 * The one part of a variant that acts on activations or on what enters a layer, by one field over their values.
 * @throws {TypeError} If the variant does more, or acts elsewhere.
 */
export function valuePart(owner: string, variant: Variant): Part {
  const part = onlyPart(owner, variant);
  if (part.at === "activation" || part.at === "input") return part;
  throw new TypeError(`${owner}: variant must act on activations alone, got ${variant.name}`);
}

// Channels of ONNX's convolutions and pools are first.
function onlyPart(owner: string, variant: Variant): Part {
  const { name, parts } = withChannels(variant, "first");
  const [part] = parts;
  if (parts.length !== 1) {
    throw new TypeError(`${owner}: variant must act on activations alone, got ${name}`);
  }
  const { perExample, perTimestep, samples } = part.field;
  if (perExample || perTimestep || samples !== undefined) {
    throw new TypeError(`${owner}: variant must draw one field over its values, got ${name}`);
  }
  return part;
}
