import { arithmetic } from "./emit/arithmetic.js";
import { reduceTo } from "./emit/reduceTo.js";
import { type GradientRule, outputGradient, serving } from "./GradientRule.js";

/**
 * Y = A^B. By the base it is 0 where B is 0, and by the exponent where A is 0 and B at least 0: there
 * the formulas would give 0 · ∞. From opset 12 on the exponent may have another type.
 */
export const Pow: GradientRule = serving([0, 1], (context) => {
  const { builder, node, info, needs } = context;
  const [base, power] = node.input;
  const output = context.output(0);
  const dy = outputGradient(context);
  const { mul, sub, select, equal, less, and, not, map } = arithmetic(context, base);
  const { dataType } = info(base);
  const exponent =
    info(power).dataType === dataType
      ? power
      : builder.op("Cast", [power], { attributes: { to: dataType } });
  const byBase = (): string => {
    const isZero = equal(exponent, 0);
    const less1 = sub(select(isZero, 1, exponent), 1);
    return select(isZero, 0, mul(dy, mul(exponent, builder.op("Pow", [base, less1]))));
  };
  const byExponent = (): string => {
    const flat = and(equal(base, 0), not(less(exponent, 0)));
    return select(flat, 0, mul(dy, mul(output, map("Log", select(flat, 1, base)))));
  };
  return [byBase, byExponent].map((derive, i) =>
    needs(i) ? reduceTo(context, { gradient: derive(), input: node.input[i], output }) : undefined,
  );
});
