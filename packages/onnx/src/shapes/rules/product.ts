import { intAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { broadcastDims, floorDivide, type MaybeDim, plus, times } from "../dims.js";
import { hasInput, inputOf } from "../nodeFacts.js";
import type { Facts, NodeContext, ShapeRule } from "../ShapeRule.js";
import { known } from "./axes.js";
import { einsumTerms, isDot } from "./einsumTerms.js";

const gemm: ShapeRule = (context) => {
  const { dataType, dims: a } = inputOf(context, 0);
  const { dims: b } = inputOf(context, 1);
  const rows = a?.[intAttribute(context.node, "transA", 0) === 1 ? 1 : 0];
  const columns = b?.[intAttribute(context.node, "transB", 0) === 1 ? 0 : 1];
  return [{ dataType: dataType || inputOf(context, 1).dataType, dims: [rows, columns] }];
};

/** Matrices in the last two axes, the others broadcast; a list is a row on the left and a column on the right. */
function productDims(a: Facts["dims"], b: Facts["dims"]): Facts["dims"] {
  if (!(a?.length && b?.length)) return undefined;
  const rows = a.length === 1 ? [] : [a.at(-2)];
  const columns = b.length === 1 ? [] : [b.at(-1)];
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2));
  return batch && [...batch, ...rows, ...columns];
}

const matMul: ShapeRule = (context) => [
  {
    dataType: inputOf(context, 0).dataType || inputOf(context, 1).dataType,
    dims: productDims(inputOf(context, 0).dims, inputOf(context, 1).dims),
  },
];

const matMulInteger: ShapeRule = (context) => [{ ...matMul(context)[0], dataType: DataType.INT32 }];

const qLinearMatMul: ShapeRule = (context) => [
  {
    dataType: inputOf(context, 7).dataType,
    dims: productDims(inputOf(context, 0).dims, inputOf(context, 3).dims),
  },
];

/** Sizes by the labels of an equation. */
const einsum: ShapeRule = (context) => {
  const { dataType } = inputOf(context, 0);
  const dims = context.node.input.map((_, i) => inputOf(context, i).dims ?? []);
  const isKnown = context.node.input.every((_, i) => inputOf(context, i).dims !== undefined);
  const terms = isKnown
    ? einsumTerms(
        context.node,
        dims.map((sizes) => sizes.length),
      )
    : undefined;
  if (terms === undefined) return [{ dataType }];
  const sizesOf = (label: string): MaybeDim[] =>
    terms.inputs.flatMap((labels, i) => dims[i].filter((_, axis) => labels[axis] === label));
  return [{ dataType, dims: terms.output.map((label) => sizeOf(label, sizesOf(label))) }];
};

/** A label's size, of axes that are equal or 1. */
function sizeOf(label: string, sizes: readonly MaybeDim[]): MaybeDim {
  if (isDot(label)) return sizes.reduce((a, b) => broadcastDims([a], [b])?.[0], 1);
  const others = sizes.filter((size) => size !== 1);
  return others.length === 0 ? sizes[0] : known(others);
}

/** Heads in an axis of their own: `[batch, heads, length, size]`, or side by side: `[batch, length, heads*size]`. */
const attention: ShapeRule = (context) => {
  const { node } = context;
  const query = headsOf(context, { index: 0, heads: "q_num_heads" });
  const key = headsOf(context, { index: 1, heads: "kv_num_heads" });
  const value = headsOf(context, { index: 2, heads: "kv_num_heads" });
  const { dataType, dims } = inputOf(context, 0);
  if (!(query && key && value && dims)) return [{ dataType }];
  const past = hasInput(context, 4) ? inputOf(context, 4).dims?.[2] : 0;
  const length = plus(past, key.length);
  const made =
    dims.length === 3
      ? [dims[0], query.length, times(query.heads, value.size)]
      : [dims[0], query.heads, query.length, value.size];
  const present = (one: Heads): Facts["dims"] => [dims[0], one.heads, length, one.size];
  return [
    { dataType, dims: made },
    { dataType: inputOf(context, 1).dataType, dims: present(key) },
    { dataType: inputOf(context, 2).dataType, dims: present(value) },
    { dataType, dims: node.output[3] ? [dims[0], query.heads, query.length, length] : undefined },
  ];
};

interface Heads {
  readonly heads: MaybeDim;
  readonly length: MaybeDim;
  readonly size: MaybeDim;
}

function headsOf(
  context: NodeContext,
  { index, heads: name }: { readonly index: number; readonly heads: string },
): Heads | undefined {
  const { dims } = inputOf(context, index);
  if (dims?.length === 4) return { heads: dims[1], length: dims[2], size: dims[3] };
  const heads = intAttribute(context.node, name, 0);
  if (dims?.length !== 3 || heads === 0) return undefined;
  return { heads, length: dims[1], size: floorDivide(dims[2], heads) };
}

/** Sums of products over axes. */
export const productRules: Readonly<Record<string, ShapeRule>> = {
  Attention: attention,
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matMul,
  MatMulInteger: matMulInteger,
  QLinearMatMul: qLinearMatMul,
};
