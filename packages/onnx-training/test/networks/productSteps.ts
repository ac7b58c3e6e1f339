import { reduce } from "@dropoutkit/onnx/graph";
import type { Step } from "./Step.js";

/** Rows of a tensor by the columns of a matrix, which may be tied. */
const matMul: Step = {
  add(draft, { which, other, how }) {
    const a = draft.recent(which);
    const size = a.dims.at(-1);
    if (size === undefined) return;
    const fits = (dims: readonly number[]): boolean => dims.length === 2 && dims[0] === size;
    const b = draft.partner(other, [size, 1 + (how % 3)], fits);
    const bound = size * a.bound * b.bound;
    draft.op("MatMul", [a, b], { dims: [...a.dims.slice(0, -1), b.dims[1]], bound });
  },
};

const gemm: Step = {
  add(draft, { which, other, how }) {
    const a = draft.recent(which);
    if (a.dims.length !== 2) return;
    const [transA, transB] = [how % 2, (how >> 1) % 2];
    const [rows, size] = transA === 1 ? [a.dims[1], a.dims[0]] : a.dims;
    const fits = (dims: readonly number[]): boolean => dims.length === 2 && dims[transB] === size;
    const columns = 1 + (how % 3);
    const b = draft.partner(other, transB === 1 ? [columns, size] : [size, columns], fits);
    const dims = [rows, b.dims[1 - transB]];
    const c = draft.partner(how, [dims[1]], (own) => `${own}` === `${dims[1]}`);
    const bound = size * a.bound * b.bound + c.bound;
    draft.op("Gemm", [a, b, c], { attributes: { transA, transB }, dims, bound });
  },
};

/** The products of all rows with each other, or with a diagonal. */
const einsum: Step = {
  since: 12,
  add(draft, { which, other }) {
    const a = draft.recent(which);
    if (a.dims.length !== 2) return;
    const [rows, size] = a.dims;
    const fits = (dims: readonly number[]): boolean => dims.length === 2 && dims[1] === size;
    const b = draft.partner(other, [size, size], fits);
    const isSquare = b.dims[0] === size && other % 2 === 0;
    const equation = isSquare ? "...j,jj->...j" : "ij,kj->ki";
    const bound = (isSquare ? 1 : size) * a.bound * b.bound;
    const dims = isSquare ? a.dims : [b.dims[0], rows];
    draft.op("Einsum", [a, b], { attributes: { equation }, dims, bound });
  },
};

const reductions = [
  { opType: "ReduceSum", boundOf: (bound: number, count: number) => count * bound },
  { opType: "ReduceMean", boundOf: (bound: number) => bound },
  { opType: "ReduceMax", boundOf: (bound: number) => bound },
  { opType: "ReduceMin", boundOf: (bound: number) => bound },
  { opType: "ReduceProd", boundOf: (bound: number, count: number) => Math.max(1, bound) ** count },
] as const;

const reduction: Step = {
  add(draft, { which, other, how }) {
    const x = draft.recent(which);
    const { opType, boundOf } = reductions[other % reductions.length];
    if (x.dims.length === 0) return;
    const keep = how % 2 === 0;
    const axis = (how >> 1) % x.dims.length;
    const [tensor] = draft.read(x);
    const name = reduce(draft, opType, { tensor, axes: [axis], keep });
    const dims = x.dims.flatMap((size, at) => (at !== axis ? [size] : keep ? [1] : []));
    draft.add(name, { dims, bound: boundOf(x.bound, x.dims[axis]) });
  },
};

/** Over all axes. */
const logSumExp: Step = {
  add(draft, { which }) {
    const x = draft.recent(which);
    const dims = x.dims.map(() => 1);
    draft.op("ReduceLogSumExp", [x], { dims, bound: x.bound + Math.log(48) });
  },
};

export const productSteps: readonly Step[] = [
  matMul,
  matMul,
  gemm,
  einsum,
  reduction,
  reduction,
  logSumExp,
];
