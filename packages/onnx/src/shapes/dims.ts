import type { Dim } from "../valueInfo.js";

/** Sizes of two tensors' broadcast, as in numpy; undefined where the two do not fit, or two names leave open which of them is 1. */
export function broadcastDims(a: readonly Dim[], b: readonly Dim[]): Dim[] | undefined {
  const rank = Math.max(a.length, b.length);
  const dims: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      // A named size beside a number other than 1 can only be that number, or 1.
      if (typeof left === typeof right) return undefined;
      dims.push(typeof left === "number" ? left : right);
    } else {
      dims.push(left === 1 ? right : left);
    }
  }
  return dims;
}

/** Number of entries: a number, or a product such as `batch*4` that a later size can be compared with. */
export function productOf(dims: readonly Dim[]): Dim {
  const names = dims.filter((dim) => typeof dim === "string");
  const size = dims.reduce<number>(
    (product, dim) => product * (typeof dim === "number" ? dim : 1),
    1,
  );
  if (names.length === 0) return size;
  return [...names, ...(size === 1 ? [] : [size])].join("*");
}

/** The size that is left for one axis when `known` sizes are taken out of a tensor's. */
export function remainingOf(dims: readonly Dim[], known: readonly Dim[]): Dim {
  const rest = [...known];
  const left = dims.filter((dim) => {
    const at = typeof dim === "string" ? rest.indexOf(dim) : -1;
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  const divisor = productOf(rest);
  const total = productOf(left);
  if (divisor === 1) return total;
  return typeof total === "number" && typeof divisor === "number"
    ? Math.floor(total / divisor)
    : `(${total})/(${divisor})`;
}
