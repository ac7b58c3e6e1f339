import { reduce } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { positionsIn } from "./emit/positionsIn.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/** Y = start, start + delta, start + 2 delta, ... as far as a limit, which alone says how many. */
export const Range: GradientRule = serving([0, 2], (context) => {
  const { builder, node, info, needs } = context;
  const [start, , delta] = node.input;
  const y = context.output(0);
  const dy = outputGradient(context);
  const total = (tensor: string): string =>
    reduce(context, "ReduceSum", { tensor, axes: [0], keep: false });
  const byDelta = (): string => {
    const to = info(y).dataType;
    const steps = builder.op("Cast", [positionsIn(context, y)], { attributes: { to } });
    return reshapeLike(context, total(arithmetic(context, y).mul(dy, steps)), delta);
  };
  return [
    needs(0) ? reshapeLike(context, total(dy), start) : undefined,
    undefined,
    needs(2) ? byDelta() : undefined,
  ];
});
