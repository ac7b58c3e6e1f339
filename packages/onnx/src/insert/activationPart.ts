import type { Part, Variant } from "@dropoutkit/core";

/**
 * The one part of a variant that acts on activations, by one field over their values.
 * @throws {TypeError} If the variant does more, or acts elsewhere.
 */
export function activationPart(owner: string, { name, parts }: Variant): Part {
  const [part] = parts;
  if (parts.length !== 1 || part.at !== "activation") {
    throw new TypeError(`${owner}: variant must act on activations alone, got ${name}`);
  }
  const { perExample, perTimestep, samples } = part.field;
  if (perExample || perTimestep || samples !== undefined) {
    throw new TypeError(`${owner}: variant must draw one field over its values, got ${name}`);
  }
  return part;
}
