import { type Arithmetic, arithmetic } from "./emit/arithmetic.js";
import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** What a derivative is written with: the arithmetic, the node's inputs and output, and the gradient with respect to the output. */
export interface Binary extends Arithmetic {
  readonly a: string;
  readonly b: string;
  readonly y: string;
  readonly dy: string;
}

export interface BinaryDerivatives {
  /** The gradient with respect to the first input, before the broadcast is taken back. */
  a(terms: Binary): string;
  b(terms: Binary): string;
}

/** The rule of an elementwise operator of two inputs, either broadcast. */
export const binary = (derivatives: BinaryDerivatives): GradientRule =>
  serving([0, 1], (context) => {
    const [a, b] = context.node.input;
    const output = context.output(0);
    const dy = outputGradient(context);
    const terms = { ...arithmetic(context, output), a, b, y: output, dy };
    return [a, b].map((input, i) => {
      if (!context.needs(i)) return undefined;
      const gradient = i === 0 ? derivatives.a(terms) : derivatives.b(terms);
      return reduceTo(context, { gradient, input, output });
    });
  });
