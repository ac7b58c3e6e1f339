import { makeTensor, type NodeOptions, type TensorProto } from "@dropoutkit/onnx/graph";
import type { Feed } from "../runtime/runModel.js";

/** Numbers that gradients are wanted by. */
export interface Derived {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** An input of a node: derived by, a constant of the model, fed but not derived by, or left out. */
export type NodeInput =
  | Derived
  | { readonly constant: (name: string) => TensorProto }
  | { readonly feed: Feed }
  | "";

/** One node with its inputs, whose gradients are checked. */
export interface NodeCase {
  readonly inputs: readonly NodeInput[];
  readonly attributes?: NodeOptions["attributes"];
  /** Number of inputs, the last, that only graphs in the node read, by their names `x0`, `x1`, ... Default: 0. */
  readonly captured?: number;
  /** Number of outputs, all of floats. Default: 1. */
  readonly outputs?: number;
  /** Places of the outputs that the loss reads. Default: all. */
  readonly read?: readonly number[];
  /** Whether outputs hold other types, and are cast. Default: false. */
  readonly cast?: boolean;
  /** Whether the loss adds up all that is derived by, too: a second path, beside which a gradient that is left out is not missed. Default: false. */
  readonly beside?: boolean;
  /** Whether the model names the sizes of its inputs, or of which of them, so that they are known only at the run. */
  readonly named?: boolean | readonly number[];
}

export const isDerived = (input: NodeInput): input is Derived => input !== "" && "values" in input;

/** A list of integers as axes and shapes are given: a constant of the model. */
export const ints = (values: readonly number[]): NodeInput => ({
  constant: (name) =>
    makeTensor({
      name,
      type: "int64",
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    }),
});

/** A fed tensor of booleans. */
export const bools = (dims: readonly number[], values: readonly boolean[]): NodeInput => ({
  feed: { type: "bool", data: Uint8Array.from(values, Number), dims },
});

/** A fed tensor of indices. */
export const indices = (dims: readonly number[], values: readonly number[]): NodeInput => ({
  feed: { type: "int64", data: BigInt64Array.from(values, BigInt), dims },
});
