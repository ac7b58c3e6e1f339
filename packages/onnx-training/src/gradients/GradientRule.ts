import type { GraphBuilder, NodeProto, TensorInfo } from "@dropoutkit/onnx";

/** What a rule works with: one node of the forward graph, and the gradients of the loss by its outputs. */
export interface GradientContext {
  /** Where the gradient's nodes go. */
  readonly builder: GraphBuilder;
  readonly node: NodeProto;
  /** The gradient by each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (string | undefined)[];
  /** Whether the gradient by an input is wanted; those that are not may be left out. */
  needs(input: number): boolean;
  /** Type and sizes of a tensor. @throws {Error} If they are not known. */
  info(tensor: string): TensorInfo;
  /** The name of the node's own output, which is added to the node if the model does not ask for it. */
  output(index: number): string;
}

/** Writes the gradient of one operator: the tensors of the gradients by the node's inputs, undefined for those that are not wanted. */
export type GradientRule = (context: GradientContext) => readonly (string | undefined)[];

/** The gradient by the first output, for operators that have one. */
export function outputGradient({ node, outputGradients: [gradient] }: GradientContext): string {
  if (gradient === undefined) {
    throw new Error(
      `gradient: loss must depend on the first output of ${node.opType} ${node.name}, got another`,
    );
  }
  return gradient;
}
