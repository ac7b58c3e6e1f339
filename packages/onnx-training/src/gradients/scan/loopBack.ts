import type { TensorInfo } from "@dropoutkit/onnx/graph";
import { filledLike } from "../emit/filledLike.js";
import type { GradientContext } from "../GradientRule.js";
import type { BodyWay } from "./bodyWay.js";
import { backwards, type ScanNode, type Sequence, type State } from "./ScanNode.js";
import type { StackedProduct } from "./stackedProducts.js";

/** A state of a loop back, and the tensor that it is the gradient by. */
export interface Carried extends State {
  readonly tensor: string;
  readonly info: TensorInfo;
}

/** A sequence that a loop back writes, and what is known of a slice. */
export interface Written extends Sequence {
  readonly info: TensorInfo;
}

/** What a loop back carries, reads and writes, beside the tensors that are kept for it. */
export interface LoopBack {
  /** The gradients with respect to states, then the sums of those by tensors around the loop. */
  readonly states: readonly Carried[];
  /** The gradients with respect to the outputs of the forward loop. */
  readonly given: readonly Sequence[];
  /** The gradients with respect to its inputs; undefined for those that are not wanted. */
  readonly inputs: readonly (Written | undefined)[];
  readonly products: readonly ProductBack[];
}

/** A product that the gradient with respect to its weight is taken of behind the loop. */
export interface ProductBack extends StackedProduct {
  /** The sequence of x; undefined where it must be kept, first iteration first. */
  readonly xs: Sequence | undefined;
  readonly gradients: Written;
}

export function loopBack(context: GradientContext, scan: ScanNode, way: BodyWay): LoopBack {
  const { builder, outputGradients, needs } = context;
  const { info } = way.scope;
  const count = scan.states.length;
  const written = (sequence: Sequence, tensor: string): Written => ({
    ...backwards(sequence),
    whole: builder.uniqueName(`${tensor}.grads`),
    info: info(tensor),
  });
  const given = scan.outputs.flatMap((output, k): Sequence[] => {
    const slice = way.given.get(output.whole);
    const whole = outputGradients[count + k];
    return slice && whole ? [{ ...backwards(output), slice, whole }] : [];
  });
  const inputs = scan.inputs.map((input, m): Written | undefined => {
    const slice = needs(count + m) ? way.gradientOf(input.slice) : undefined;
    return slice ? written({ ...input, slice }, input.slice) : undefined;
  });
  const products = way.products.map((product): ProductBack => {
    const { node, x, gradient: slice } = product;
    const xs = scan.known.find((sequence) => sequence.slice === x && sequence.axis === 0);
    const wanted = { slice, whole: "", axis: 0, direction: xs?.direction ?? 0 };
    const same = inputs.find((input) => input !== undefined && isSame(input, backwards(wanted)));
    return { ...product, xs, gradients: same ?? written(wanted, node.output[0]) };
  });
  return { states: carriedBack(context, scan, way), given, inputs, products };
}

const isSame = (a: Sequence, b: Sequence): boolean =>
  a.slice === b.slice && a.axis === b.axis && a.direction === b.direction;

function carriedBack(context: GradientContext, scan: ScanNode, way: BodyWay): Carried[] {
  const { info, outputGradients } = context;
  const zeros = (like: string): string => filledLike(context, like, 0);
  const states = scan.states.flatMap(({ start: tensor, before }, i): Carried[] => {
    const given = way.given.get(before);
    if (given === undefined) return [];
    const start = outputGradients[i] ?? zeros(tensor);
    const after = way.gradientOf(before) ?? zeros(tensor);
    return [{ start, before: given, after, tensor, info: info(tensor) }];
  });
  const sums = way.around.map(({ tensor, gradient }): Carried => {
    const before = way.inner.uniqueName(`${tensor}.sum`);
    const after = way.inner.op("Add", [before, gradient]);
    return { start: zeros(tensor), before, after, tensor, info: info(tensor) };
  });
  return [...states, ...sums];
}
