import type { Variant } from "@dropoutkit/core";
import type { Place } from "@dropoutkit/core/adapter";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { NodeProto } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";
import type { Layout } from "./layout.js";

/** A constant tensor that a node reads as a weight. */
export interface Weight {
  readonly tensor: string;
  readonly info: TensorInfo;
  readonly layout: Layout;
  /** The node that reads it, and the number of its input; for the bias of a MatMul, the Add behind. */
  readonly reader: NodeProto;
  readonly input: number;
}

/** A node with weights. */
export interface WeightedLayer {
  readonly node: NodeProto;
  readonly operator: WeightOperator;
  /** The tensor of examples that meets the weights. */
  readonly x: string;
  /** Its axis of examples. */
  readonly batchAxis: number;
  readonly weights: { readonly [P in Place]?: Weight };
  /** The kernel, or what stands for it. */
  readonly kernel: Weight;
}

/** A layer whose weights are to be others for each example. */
export interface PerExample {
  readonly owner: string;
  readonly opset: number;
  readonly layer: WeightedLayer;
  /** What is known of the tensor of examples; its first axis is the batch's, with `transA` its last. */
  readonly x: TensorInfo;
  /** What noise made of the node's weights, in the layout of their fields: `[batch, ...field]`. */
  readonly noisy: { readonly kernel: string; readonly bias?: string | undefined };
}

/** Writes nodes whose last makes the node's output. */
export type EmitPerExample = (builder: GraphBuilder, call: PerExample) => void;

/** An operator with weights: which dropout it takes, where its weights are, and how they lie. */
export interface WeightOperator {
  variant(options: { readonly rate: number; readonly per: "example" | "batch" }): Variant;
  /** Number of the input at each place; where several are named, the first that is constant. */
  readonly inputs: { readonly [P in Place]?: readonly number[] };
  /** Layout of the kernel or recurrent kernel, read by the numbered input. */
  layout(weight: TensorInfo, read: { readonly node: NodeProto; readonly input: number }): Layout;
  /** Reads rows of its weight, which noise drops as a whole. */
  readonly rows?: true;
  /** Writes the operator with weights for each example; without it, there is one mask a batch. */
  readonly perExample?: EmitPerExample;
}
