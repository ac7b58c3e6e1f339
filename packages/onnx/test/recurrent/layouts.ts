import { type Feed, floatsOf } from "../runtime/runModel.js";
import type { Outputs } from "./expectClose.js";

/** How the axes of an output of layout 1 go to those of layout 0. */
const orders: Readonly<Record<string, readonly number[]>> = {
  Y: [1, 2, 0, 3],
  Y_h: [1, 0, 2],
  Y_c: [1, 0, 2],
};

/** How the axes of an input of layout 0 go to those of layout 1. */
const inputOrders: Readonly<Record<string, readonly number[]>> = {
  X: [1, 0, 2],
  h0: [1, 0, 2],
  c0: [1, 0, 2],
};

/** The feeds of a model of layout 1, from those of layout 0. */
export const batchFirst = (feeds: Readonly<Record<string, Feed>>): Record<string, Feed> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => {
      const order = inputOrders[name];
      if (order === undefined) return [name, feed];
      return [name, { type: "float32", ...permute(feed, order) }];
    }),
  );

/** The outputs of a model of layout 1, as layout 0 has them. */
export const timeFirst = (outputs: Outputs): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => [
      name,
      permute({ data: floatsOf(data), dims }, orders[name]),
    ]),
  );

/** The tensor with its axes in another order, as numpy's transpose does it. */
function permute(
  { data, dims }: Pick<Feed, "data" | "dims">,
  order: readonly number[],
): { readonly data: Float32Array; readonly dims: readonly number[] } {
  const sizes = order.map((axis) => dims[axis]);
  const strides = order.map((axis) => dims.slice(axis + 1).reduce((size, dim) => size * dim, 1));
  const moved = Float32Array.from({ length: data.length }, (_, i) => {
    let rest = i;
    let from = 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += (rest % sizes[axis]) * strides[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    return Number(data[from]);
  });
  return { data: moved, dims: sizes };
}
