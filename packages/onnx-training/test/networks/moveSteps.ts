import { slice, squeeze, unsqueeze } from "@dropoutkit/onnx/graph";
import type { Draft, Value } from "./Draft.js";
import type { Step } from "./Step.js";

const countOf = (dims: readonly number[]): number => dims.reduce((product, n) => product * n, 1);

/** Tensors stay this small. */
const LARGEST = 24;

interface Move {
  readonly draft: Draft;
  readonly x: Value;
  readonly axis: number;
  readonly size: number;
  readonly how: number;
}

/** A step that moves entries along an axis; `add` writes it. */
const move = (add: (move: Move) => void, since?: number): Step => ({
  since,
  add(draft, { which, other, how }) {
    const x = draft.recent(which);
    if (x.dims.length === 0) return;
    const axis = other % x.dims.length;
    add({ draft, x, axis, size: x.dims[axis], how });
  },
});

const withSize = (dims: readonly number[], axis: number, size: number): number[] =>
  dims.map((own, at) => (at === axis ? size : own));

const transpose = move(({ draft, x, axis }) => {
  const perm = x.dims.map((_, at) => (at + axis + 1) % x.dims.length);
  const dims = perm.map((at) => x.dims[at]);
  draft.op("Transpose", [x], { attributes: { perm }, dims, bound: x.bound });
});

const flatten = move(({ draft, x, axis }) => {
  const dims = [x.dims.slice(0, axis), x.dims.slice(axis)].map(countOf);
  draft.op("Flatten", [x], { attributes: { axis }, dims, bound: x.bound });
});

const reshape = move(({ draft, x, axis, size }) => {
  const dims = [countOf(x.dims) / size, size];
  const constants = [draft.builder.ints(axis % 2 === 0 ? [-1, size] : dims)];
  draft.op("Reshape", [x], { constants, dims, bound: x.bound });
});

const concat = move(({ draft, x, axis, size, how }) => {
  const fits = (dims: readonly number[]): boolean =>
    `${withSize(dims, axis, 0)}` === `${withSize(x.dims, axis, 0)}`;
  const y = draft.partner(how, x.dims, fits);
  const dims = withSize(x.dims, axis, 2 * size + y.dims[axis]);
  if (countOf(dims) > LARGEST) return;
  const bound = Math.max(x.bound, y.bound);
  draft.op("Concat", [x, y, x], { attributes: { axis }, dims, bound });
});

/** Both parts are there for later nodes, or one. */
const split = move(({ draft, x, axis, size, how }) => {
  if (size < 2) return;
  const sizes = [1, size - 1];
  const outputs = ["part", "rest"].map((hint) => draft.builder.uniqueName(hint));
  const [tensor] = draft.read(x);
  if (draft.opset >= 13) {
    const inputs = [tensor, draft.builder.ints(sizes)];
    draft.builder.ops("Split", inputs, { attributes: { axis }, outputs });
  } else draft.builder.ops("Split", [tensor], { attributes: { axis, split: sizes }, outputs });
  outputs.forEach((name, part) => {
    const dims = withSize(x.dims, axis, sizes[part]);
    if (part !== how % 3) draft.add(name, { dims, bound: x.bound });
  });
});

const cut = move(({ draft, x, axis, size, how }) => {
  const start = how % size;
  const name = slice(draft, draft.read(x)[0], { axes: [axis], starts: [start], ends: [size] });
  draft.add(name, { dims: withSize(x.dims, axis, size - start), bound: x.bound });
});

/** Some entries twice, some not at all. */
const gather = move(({ draft, x, axis, size, how }) => {
  const constants = [draft.builder.ints([how % size, 0, how % size])];
  const dims = withSize(x.dims, axis, 3);
  if (countOf(dims) > LARGEST) return;
  draft.op("Gather", [x], { constants, attributes: { axis }, dims, bound: x.bound });
});

const widen = move(({ draft, x, axis }) => {
  if (x.dims.length > 2) return;
  const name = unsqueeze(draft, draft.read(x)[0], [axis]);
  const dims = [...x.dims.slice(0, axis), 1, ...x.dims.slice(axis)];
  draft.add(name, { dims, bound: x.bound });
});

const narrow = move(({ draft, x, axis, size }) => {
  if (size > 1) return;
  const name = squeeze(draft, draft.read(x)[0], [axis]);
  draft.add(name, { dims: x.dims.filter((_, at) => at !== axis), bound: x.bound });
});

const expand = move(({ draft, x, axis, size, how }) => {
  const dims = withSize(x.dims, axis, size === 1 ? 3 : size);
  const all = how % 2 === 0 ? [2, ...dims] : dims;
  if (countOf(all) > LARGEST || all.length > 3) return;
  draft.op("Expand", [x], { constants: [draft.builder.ints(all)], dims: all, bound: x.bound });
}, 8);

const tile = move(({ draft, x, axis, size }) => {
  const dims = withSize(x.dims, axis, 2 * size);
  if (countOf(dims) > LARGEST) return;
  const repeats = x.dims.map((_, at) => (at === axis ? 2 : 1));
  draft.op("Tile", [x], { constants: [draft.builder.ints(repeats)], dims, bound: x.bound });
});

const runningSum = move(({ draft, x, axis, size, how }) => {
  const constants = [draft.builder.scalar("int64", axis)];
  const attributes = { reverse: how % 2, exclusive: (how >> 1) % 2 };
  draft.op("CumSum", [x], { constants, attributes, dims: x.dims, bound: size * x.bound });
}, 11);

const triangle = move(({ draft, x, how }) => {
  if (x.dims.length < 2) return;
  draft.op("Trilu", [x], { attributes: { upper: how % 2 }, dims: x.dims, bound: x.bound });
}, 14);

/** The largest first; where they are is no tensor of floats. */
const largest = move(({ draft, x, axis, size }) => {
  const count = Math.max(1, size - 1);
  const outputs = ["values", "places"].map((hint) => draft.builder.uniqueName(hint));
  const inputs = [...draft.read(x), draft.builder.ints([count])];
  const [name] = draft.builder.ops("TopK", inputs, { attributes: { axis }, outputs });
  draft.add(name, { dims: withSize(x.dims, axis, count), bound: x.bound });
}, 11);

export const moveSteps: readonly Step[] = [
  transpose,
  flatten,
  reshape,
  concat,
  split,
  cut,
  gather,
  widen,
  narrow,
  expand,
  tile,
  runningSum,
  triangle,
  largest,
];
