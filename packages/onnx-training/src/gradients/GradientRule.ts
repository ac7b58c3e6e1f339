import type { NodeOptions, NodeProto } from "@dropoutkit/onnx/graph";
import type { Scope } from "../backward/Scope.js";
import type { GradientSums } from "../trainer/GradientSums.js";
import type { EmitContext } from "./EmitContext.js";
import { filledLike } from "./emit/filledLike.js";

/** What a rule works with: one node of the forward graph, and the gradients of the loss by its outputs. */
export interface GradientContext extends EmitContext {
  readonly node: NodeProto;
  /** The gradient with respect to each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (string | undefined)[];
  /** Whether the gradient with respect to an input is wanted; those that are not may be left out. */
  needs(input: number): boolean;
  /** The elements of a constant; undefined for a tensor that is known only when the model runs. */
  constant(tensor: string): readonly number[] | undefined;
  /**
   * The name of the node's own output, which is added to the node if the model does not ask for it; then
   * with attributes that say what the output is.
   */
  output(index: number, attributes?: NodeOptions["attributes"]): string;
  /** For operators that run graphs. */
  readonly graphs: NodeGraphs;
}

/** The way back through graphs that are nested in a node. */
export interface NodeGraphs {
  /** The scope that the node stands in. */
  readonly scope: Scope;
  /** Goes back through the nodes of a nested graph; see `goBack`. */
  goBack(nodes: NodeProto[], gradients: GradientSums, scope: Scope): void;
  /** Adds to the gradient with respect to a tensor that a nested graph reads of the graph around it. */
  add(tensor: string, gradient: string): void;
  /** Puts another node in the node's place: one that writes more. */
  replace(node: NodeProto): void;
}

/** Writes the gradient of one operator: the tensors of the gradients with respect to the node's inputs, undefined for those that are not wanted. */
export interface GradientRule {
  (context: GradientContext): readonly (string | undefined)[];
  /**
   * Places of the inputs that it gives a gradient by, "all" where an operator takes any number. Default: the
   * first. By others of floats there is none: a model where one is wanted is refused.
   */
  readonly inputs?: ServedInputs;
}

export type ServedInputs = readonly number[] | "all";

/** A rule that gives gradients with respect to these inputs. */
export const serving = (inputs: ServedInputs, rule: GradientRule): GradientRule =>
  Object.assign((context: GradientContext) => rule(context), { inputs });

/** The rules of a family of operators, by the operators' names. */
export type GradientRules = Readonly<Record<string, GradientRule>>;

/** The gradient with respect to an output, zeros where the loss does not depend on it. */
export function outputGradient(context: GradientContext, index = 0): string {
  return context.outputGradients[index] ?? filledLike(context, context.output(index), 0);
}
