import type { SparseTensorProto } from "../model/schema.js";
import { elementsOf } from "./elementsOf.js";

/** What lists of sizes and axes need: a few bytes of a file must not become an array of any length. */
const MOST_ELEMENTS = 1024;

/** All elements of a small sparse tensor, those that it does not name as zeros; undefined where they are not there to read. */
export function sparseElements({ values, indices, dims }: SparseTensorProto): number[] | undefined {
  const sizes = dims.map(Number);
  const size = sizes.reduce((product, dim) => product * dim, 1);
  const given = values && elementsOf(values);
  const places = indices && elementsOf(indices);
  if (given === undefined || places === undefined || !(size <= MOST_ELEMENTS)) return undefined;
  // An index is the place in row-major order, or one number for each axis.
  const axes = indices?.dims.length === 2 ? sizes : [size];
  if (places.length !== given.length * axes.length) return undefined;
  const elements = new Array<number>(size).fill(0);
  for (let i = 0; i < given.length; i++) {
    const at = axes.reduce((place, dim, axis) => place * dim + places[i * axes.length + axis], 0);
    if (!(at >= 0 && at < size)) return undefined;
    elements[at] = given[i];
  }
  return elements;
}
