import { filledLike } from "../emit/filledLike.js";
import type { GradientContext } from "../GradientRule.js";
import type { BodyWay } from "./bodyWay.js";
import { backwards, type ScanNode, type Sequence, type State } from "./ScanNode.js";
import type { StackedProduct } from "./stackedProducts.js";

/** What a loop back carries, reads and writes, beside the tensors that are kept for it. */
export interface LoopBack {
  /** The gradients by states, then the sums of those by tensors around the loop. */
  readonly states: readonly State[];
  /** The tensors that they are the gradients by. */
  readonly derived: readonly string[];
  /** The gradients by the outputs of the forward loop. */
  readonly given: readonly Sequence[];
  /** The gradients by its inputs; undefined for those that are not wanted. */
  readonly inputs: readonly (Sequence | undefined)[];
  readonly products: readonly ProductBack[];
}

/** A product that the gradient by its weight is taken of behind the loop. */
export interface ProductBack extends StackedProduct {
  /** The sequence of x; undefined where it must be kept, first iteration first. */
  readonly xs: Sequence | undefined;
  readonly gradients: Sequence;
}

export function loopBack(context: GradientContext, scan: ScanNode, way: BodyWay): LoopBack {
  const { builder, outputGradients, needs } = context;
  const count = scan.states.length;
  const written = (sequence: Sequence, tensor: string): Sequence => ({
    ...backwards(sequence),
    whole: builder.uniqueName(`${tensor}.grads`),
  });
  const given = scan.outputs.flatMap((output, k): Sequence[] => {
    const slice = way.given.get(output.whole);
    const whole = outputGradients[count + k];
    return slice && whole ? [{ ...backwards(output), slice, whole }] : [];
  });
  const inputs = scan.inputs.map((input, m): Sequence | undefined => {
    const slice = needs(count + m) ? way.gradientOf(input.slice) : undefined;
    return slice ? written({ ...input, slice }, input.slice) : undefined;
  });
  const products = way.products.map((product): ProductBack => {
    const { x, gradient: slice } = product;
    const xs = scan.known.find((sequence) => sequence.slice === x && sequence.axis === 0);
    const wanted = { slice, whole: "", axis: 0, direction: xs?.direction ?? 0 };
    const same = inputs.find((input) => input !== undefined && isSame(input, backwards(wanted)));
    return { ...product, xs, gradients: same ?? written(wanted, x) };
  });
  return { ...carriedBack(context, scan, way), given, inputs, products };
}

const isSame = (a: Sequence, b: Sequence): boolean =>
  a.slice === b.slice && a.axis === b.axis && a.direction === b.direction;

function carriedBack(
  context: GradientContext,
  scan: ScanNode,
  way: BodyWay,
): Pick<LoopBack, "states" | "derived"> {
  const zeros = (like: string): string => filledLike(context, like, 0);
  const states = scan.states.flatMap(({ start, before }, i) => {
    const given = way.given.get(before);
    if (given === undefined) return [];
    const after = way.gradientOf(before) ?? zeros(start);
    const state = { start: context.outputGradients[i] ?? zeros(start), before: given, after };
    return [{ state, tensor: start }];
  });
  const sums = way.around.map(({ tensor, gradient }) => {
    const before = way.inner.uniqueName(`${tensor}.sum`);
    const after = way.inner.op("Add", [before, gradient]);
    return { state: { start: zeros(tensor), before, after }, tensor };
  });
  const all = [...states, ...sums];
  return { states: all.map(({ state }) => state), derived: all.map(({ tensor }) => tensor) };
}
