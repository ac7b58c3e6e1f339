import { checkVariant } from "../checks/checkVariant.js";
import { boundField } from "../field/boundField.js";
import type { Part, Variant } from "../seam/seam.js";

/**
 * The one part of a variant that acts on activations, or on what enters a layer, by one field over their values.
 * @param owner Who asks, for messages.
 * @throws {TypeError} If the variant does more, acts elsewhere, or is over space, and its channels are not known.
 */
export function activationPart(owner: string, variant: Variant): Part {
  const { name, parts } = checkVariant(owner, variant);
  const [part] = parts;
  if (parts.length !== 1 || (part.at !== "activation" && part.at !== "input")) {
    throw new TypeError(`${owner}: variant must act on activations alone, got ${name}`);
  }
  const { perExample, perTimestep, samples } = boundField(owner, part.field);
  if (perExample || perTimestep || samples !== undefined) {
    throw new TypeError(`${owner}: variant must draw one field over its values, got ${name}`);
  }
  return part;
}
