import type { GraphBuilder } from "../emit/GraphBuilder.js";
import type { NodeProto } from "../model/schema.js";
import type { TensorInfo } from "../model/valueInfo.js";

/** Where a node is written anew. */
export interface OpsetContext {
  /** Collects the nodes that stand for it, and their constants. */
  readonly builder: GraphBuilder;
  /** The version that the model is brought to. */
  readonly target: number;
  readonly info: (tensor: string) => TensorInfo | undefined;
  /** The elements of a constant; undefined for other tensors. */
  readonly constant: (tensor: string) => readonly number[] | undefined;
  /** Whether anything reads a tensor. */
  readonly isRead: (tensor: string) => boolean;
  /** The error that says what a node must have, and what it has. */
  readonly refuse: (must: string, got: string) => Error;
}

/**
 * Writes the nodes of a schema's version that compute what a node of the version before computes, and
 * keep the names of its outputs.
 */
export type OpsetRule = (node: NodeProto, context: OpsetContext) => void;
