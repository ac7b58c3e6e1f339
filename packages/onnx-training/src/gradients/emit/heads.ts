import { intAttribute, nodeLabel } from "@dropoutkit/onnx/graph";
import type { GradientContext } from "../GradientRule.js";

/** How a node of Attention lays its heads, and their way from and to `[batch, heads, sequence, size]`. */
export interface Heads {
  /** Number of heads of queries, and of keys and values. */
  readonly queries: number;
  readonly keys: number;
  /** Entries of a query's head. */
  readonly size: number;
  /** From `[batch, sequence, heads · size]`, if the node has that, to heads. */
  split(tensor: string, count: number): string;
  /** Back to what the node has. */
  merge(tensor: string): string;
  /** The queries that share a head of keys in one, `[batch, keys, queries / keys · sequence, size]`. */
  group(tensor: string): string;
  ungroup(tensor: string): string;
  /** Sequence and size exchanged. */
  transpose(tensor: string): string;
}

/** @throws {Error} If the numbers of heads or their size are not known. */
export function headsOf({ builder, node, info }: GradientContext): Heads {
  const [q, k] = node.input.map((name) => (name === "" ? [] : info(name).dims));
  const isJoined = q.length === 3;
  const [queries, keys, width] = isJoined
    ? [intAttribute(node, "q_num_heads", 0), intAttribute(node, "kv_num_heads", 0), q[2]]
    : [q[1], k[1], q[3]];
  if (typeof queries !== "number" || typeof keys !== "number" || typeof width !== "number") {
    throw new Error(
      `gradient: ${nodeLabel(node)} must have known numbers and sizes of heads, got [${q.join(", ")}] and [${k.join(", ")}]`,
    );
  }
  const permute = (tensor: string, perm: readonly number[]): string =>
    builder.op("Transpose", [tensor], { attributes: { perm } });
  const reshape = (tensor: string, shape: readonly number[]): string =>
    builder.op("Reshape", [tensor, builder.ints(shape)]);
  const exchange = [0, 2, 1, 3];
  return {
    queries,
    keys,
    size: isJoined ? width / queries : width,
    split: (tensor, count) =>
      isJoined ? permute(reshape(tensor, [0, 0, count, -1]), exchange) : tensor,
    merge: (tensor) => (isJoined ? reshape(permute(tensor, exchange), [0, 0, -1]) : tensor),
    group: (tensor) => (queries === keys ? tensor : reshape(tensor, [0, keys, -1, 0])),
    ungroup: (tensor) => (queries === keys ? tensor : reshape(tensor, [0, queries, -1, 0])),
    transpose: (tensor) => permute(tensor, [0, 1, 3, 2]),
  };
}
