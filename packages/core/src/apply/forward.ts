import { checkOptions } from "../checks/checkOptions.js";
import { drawField } from "../field/drawField.js";
import { fieldShape, sizeOf } from "../field/fieldShape.js";
import { checkLength, checkShape } from "../field/shape.js";
import { keyWords } from "../key/noiseKey.js";
import { partSite } from "../key/site.js";
import { bindRate, reads } from "../seam/expr.js";
import { type NumericSelect, numericSelect } from "../seam/fusedSelect.js";
import { checkRate, dropThreshold, rateScalars } from "../seam/rate.js";
import type { Expr, Variant } from "../seam/seam.js";
import type { ApplyOptions } from "./ApplyOptions.js";
import { activationPart } from "./activationPart.js";
import { applyFormula } from "./applyFormula.js";
import { selectDrawn } from "./selectDrawn.js";
import { selectField } from "./selectField.js";

/**
 * Applies a variant to values.
 * @param output Filled and returned if given; may be `x` itself.
 * @throws {RangeError} If an option is out of range, or a length is not the shape's.
 * @throws {TypeError} If the variant does more than act on activations, or its channels are not known.
 */
export function forward(
  variant: Variant,
  x: Float32Array,
  options: ApplyOptions,
  output?: Float32Array,
): Float32Array {
  return apply({ owner: "forward", variant, values: x, options, output });
}

/**
 * The gradient of `forward` by its `x`: for most variants `dy` scaled where the same call of `forward`
 * kept the entry, exactly 0 elsewhere. The noise is drawn again, not stored.
 * @param output Filled and returned if given; may be `dy` itself.
 * @throws {RangeError} If an option is out of range, or a length is not the shape's.
 * @throws {TypeError} If the variant does more than act on activations, or its channels are not known.
 */
export function backward(
  variant: Variant,
  dy: Float32Array,
  options: ApplyOptions,
  output?: Float32Array,
): Float32Array {
  return apply({ owner: "backward", variant, values: dy, options, output });
}

interface Application {
  readonly owner: "forward" | "backward";
  readonly variant: Variant;
  readonly values: Float32Array;
  readonly options: ApplyOptions;
  readonly output: Float32Array | undefined;
}

function apply({ owner, variant, values, options, output }: Application): Float32Array {
  const { shape } = checkOptions(owner, options);
  const entries = sizeOf(checkShape(owner, shape, 4));
  const result = output ?? new Float32Array(entries);
  checkLength(owner, { name: "values", length: values.length, entries });
  checkLength(owner, { name: "output", length: result.length, entries });
  const part = activationPart(owner, variant);
  if (part.field.draw !== "bernoulli") {
    result.set(applyFormula({ owner, variant, part, values, options }));
    return result;
  }
  const formula = options.training ? part.train : part.infer;
  const rate = checkRate(owner, options.rate ?? part.field.rate);
  const key = { ...options, site: partSite(options.site, part) };
  const grown =
    part.field.grow && reads(formula, "field")
      ? drawField(part.field, { ...key, owner, rate, target: shape })
      : undefined;
  const scalars = rateScalars(rate);
  const expr = bindRate(formula, { ...scalars, gain: grown?.gain ?? scalars.gain });
  if (expr === "x") {
    result.set(values);
    return result;
  }
  const select = selectOf(owner, expr);
  if (select === undefined || (grown && grown.data.length !== entries)) {
    result.set(applyFormula({ owner, variant, part, values, options }));
  } else if (grown) {
    selectDrawn(values, result, { ...select, mask: grown.data });
  } else {
    const place = {
      key: keyWords(owner, key),
      shape,
      fieldShape: fieldShape(owner, part.field, shape),
    };
    selectField(values, result, { ...place, threshold: dropThreshold(rate), ...select });
  }
  return result;
}

/** What a formula of the fused form selects, or what its gradient does; undefined for another form. */
function selectOf(owner: string, expr: Expr): NumericSelect | undefined {
  const select = numericSelect(expr);
  return select && owner === "backward" ? { ...select, shift: -0, dropped: 0 } : select;
}
