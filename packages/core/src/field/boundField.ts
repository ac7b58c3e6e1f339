import type { Axes, Field } from "../seam/seam.js";

/** A field whose axes are known, also those of space. */
export interface BoundField extends Field {
  readonly shared?: readonly Axes[];
  readonly grow?: { readonly size: number; readonly axes: Axes };
}

const isBound = (field: Field): field is BoundField =>
  field.grow?.axes !== "space" && !field.shared?.includes("space");

/**
 * The field itself, which can be laid over a target.
 * @throws {TypeError} If it is over space, and nothing says where the channels are.
 */
export function boundField(owner: string, field: Field): BoundField {
  if (isBound(field)) return field;
  throw new TypeError(
    `${owner}: channels must be "first" or "last" for a variant over space, got undefined`,
  );
}
