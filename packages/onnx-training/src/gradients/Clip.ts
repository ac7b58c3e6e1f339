import { floatAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic, type Operand } from "./emit/arithmetic.js";
import { reduceTo } from "./emit/reduceTo.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/**
 * Y = min(max(X, low), high). The gradient goes to X where it lies in [low, high], ends included, else
 * to the bound that was taken; as in PyTorch, `high` wins where the bounds are crossed.
 */
export const Clip: GradientRule = serving([0, 1, 2], (context) => {
  const { needs, node } = context;
  const [x, ...bounds] = node.input;
  const dy = outputGradient(context);
  const output = context.output(0);
  const { less, greater, and, or, not, select } = arithmetic(context, x);
  const { low, high } = boundsOf(context);
  const below = low === undefined ? undefined : less(x, low);
  const above = high === undefined ? undefined : greater(x, high);
  const byX = (): string =>
    [below, above].reduce<string>(
      (gradient, outside) => (outside === undefined ? gradient : select(outside, 0, gradient)),
      dy,
    );
  const byBound = (i: number): string | undefined => {
    const [outside, combine] = i === 0 ? [below, and] : [above, or];
    if (!needs(i + 1) || outside === undefined) return undefined;
    const crossed = low !== undefined && high !== undefined ? less(high, low) : undefined;
    const taken = crossed ? combine(outside, i === 0 ? not(crossed) : crossed) : outside;
    return reduceTo(context, { gradient: select(taken, dy, 0), input: bounds[i], output });
  };
  return [needs(0) ? byX() : undefined, byBound(0), byBound(1)];
});

/** Attributes before opset 11, inputs since; either may be missing. */
function boundsOf({ node, opset }: GradientContext): { low?: Operand; high?: Operand } {
  const [, low, high] = node.input;
  if (opset >= 11) return { low: low || undefined, high: high || undefined };
  const has = (name: string): boolean => node.attribute.some((item) => item.name === name);
  return {
    low: has("min") ? floatAttribute(node, "min", 0) : undefined,
    high: has("max") ? floatAttribute(node, "max", 0) : undefined,
  };
}
