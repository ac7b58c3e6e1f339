/** Values of a shape with its axes in another order; `order` names for each new axis the old one. */
export function permuted(
  values: Float32Array,
  { shape, order }: { readonly shape: readonly number[]; readonly order: readonly number[] },
): Float32Array {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, size) => product * size, 1),
  );
  const result = new Float32Array(values.length);
  const index = order.map(() => 0);
  for (let i = 0; i < result.length; i++) {
    result[i] = values[index.reduce((sum, at, axis) => sum + at * strides[order[axis]], 0)];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < shape[order[axis]]) break;
      index[axis] = 0;
    }
  }
  return result;
}
