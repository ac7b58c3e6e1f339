import { DataType } from "../../model/schema.js";
import {
  floorDivide,
  isSize,
  larger,
  type MaybeDim,
  minus,
  plus,
  smaller,
  times,
} from "../dims.js";
import type { Facts, KnownValue } from "../ShapeRule.js";
import { elementsIn } from "../values.js";

/** An operation on two elements of one type. */
type Pairwise = (a: MaybeDim, b: MaybeDim, dataType: number) => MaybeDim;

/** Item by item; a list of one, or a scalar, goes with every item. */
function zip(
  a: KnownValue | undefined,
  b: KnownValue | undefined,
  change: (a: MaybeDim, b: MaybeDim) => MaybeDim,
): KnownValue | undefined {
  if (a === undefined || b === undefined) return undefined;
  const length = a.length === 1 ? b.length : a.length;
  return Array.from({ length }, (_, i) =>
    change(a[a.length === 1 ? 0 : i], b[b.length === 1 ? 0 : i]),
  );
}

/**
 * An integer that a float64 holds is computed with. Others are ends, as large as int64 has them, and are
 * known nearly: what they become is not known, for the runtime's integers wrap.
 */
export const computable =
  (dataType: number) =>
  (item: MaybeDim): MaybeDim =>
    dataType === DataType.INT64 && typeof item === "number" && !Number.isSafeInteger(item)
      ? undefined
      : item;

/** Elements of a broadcast operation of any number of inputs. */
export function reduceValues(inputs: readonly Facts[], change: Pairwise): KnownValue | undefined {
  const dataType = inputs[0]?.dataType ?? 0;
  const safe = computable(dataType);
  const [first, ...others] = inputs.map((facts): KnownValue | undefined =>
    elementsIn(facts)?.map(safe),
  );
  return others.reduce((a, b) => zip(a, b, (x, y) => safe(change(x, y, dataType))), first);
}

/** The elements that a condition picks of two lists, where it is known. */
export function selectValues([condition, a, b]: readonly Facts[]): KnownValue | undefined {
  if (!(condition && a && b)) return undefined;
  const mask = elementsIn(condition);
  const ifTrue = zip(mask, elementsIn(a), (is, item) => (is === 1 ? item : undefined));
  const ifFalse = zip(mask, elementsIn(b), (is, item) => (is === 0 ? item : undefined));
  return zip(ifTrue, ifFalse, (x, y) => x ?? y);
}

/** Integers are rounded towards zero, which is the floor of what is not negative; of floats only an exact quotient is known. */
function divide(a: MaybeDim, b: MaybeDim, dataType: number): MaybeDim {
  const isFloat = dataType === DataType.FLOAT || dataType === DataType.DOUBLE;
  if (b === 0) return undefined;
  if (typeof a === "number" && typeof b === "number") return isFloat ? a / b : Math.trunc(a / b);
  const quotient = floorDivide(a, b);
  if (isFloat) return times(quotient, b) === a ? quotient : undefined;
  return isSize(a) && isSize(b) ? quotient : undefined;
}

function equal(a: MaybeDim, b: MaybeDim): MaybeDim {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return 1;
  if (typeof a === "number" && typeof b === "number") return 0;
  const differ = (isSize(a) && Number(b) < 0) || (isSize(b) && Number(a) < 0);
  return differ ? 0 : undefined;
}

/** The remainder by a positive number, which has the sign of the divisor as ONNX has it. */
const modulo: Pairwise = (a, b, dataType) =>
  typeof a === "number" && Number(b) > 0 && dataType !== DataType.FLOAT
    ? minus(a, times(floorDivide(a, b), b))
    : undefined;

const compare =
  (holds: (a: number, b: number) => boolean): Pairwise =>
  (a, b) =>
    typeof a === "number" && typeof b === "number" ? Number(holds(a, b)) : undefined;

/** Operators on pairs of elements, by which sizes are computed in models. */
export const pairwise: Readonly<Record<string, Pairwise>> = {
  Add: plus,
  And: compare((a, b) => a === 1 && b === 1),
  Div: divide,
  Equal: equal,
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  Max: larger,
  Min: smaller,
  Mod: modulo,
  Mul: times,
  Or: compare((a, b) => a === 1 || b === 1),
  Sub: minus,
  Sum: plus,
};

/** A named size is a whole number already. */
const whole =
  (round: (item: number) => number) =>
  (item: MaybeDim): MaybeDim =>
    typeof item === "number" ? round(item) : item;

/** Operators on one element, by which sizes are computed in models. */
export const single: Readonly<Record<string, (item: MaybeDim) => MaybeDim>> = {
  Abs: (item) => (isSize(item) ? item : whole(Math.abs)(item)),
  Ceil: whole(Math.ceil),
  Floor: whole(Math.floor),
  Neg: (item) => times(item, -1),
  Not: (item) => (typeof item === "number" ? 1 - item : undefined),
};
