import { type Affine, type Draw, mapPair, type Pair, type Total } from "./randomValue.js";

/** What arithmetic meets: something of a draw, a number, or a tensor that is neither. */
export type Operand = Affine | number | string;

/** The result of an operator of two inputs on what is linear in one tensor; undefined where it is not. */
export function combined(
  opType: string,
  draw: Draw,
  operands: readonly [Operand, Operand],
): Affine | undefined {
  const [a, b] = operands.map((operand) => lifted(draw, operand));
  if (a === undefined || b === undefined) return undefined;
  if (opType === "Add" || opType === "Sub") return sum(a, b, opType === "Add" ? 1 : -1);
  if (opType === "Mul") return product(a, b) ?? product(b, a);
  const [, divisor] = operands;
  const isDivided = opType === "Div" && typeof divisor === "number";
  return isDivided ? scaled(a, 1 / divisor) : undefined;
}

/** The one of two operands that a draw decides on. */
export function selected(cond: Affine, operands: readonly [Operand, Operand]): Affine | undefined {
  const { draw, shift, mask } = cond;
  if (draw.law !== "bits" || cond.x !== undefined || cond.over) return undefined;
  const [yes, no] = operands.map((operand) => lifted(draw, operand));
  const x = yes && no && tensorOf(yes, no);
  if (yes === undefined || no === undefined || x === undefined) return undefined;
  if (yes.over || no.over) return undefined;
  const pick = (of: (value: Affine) => Pair): Pair => {
    const at = (index: 0 | 1): number => of(shift[index] === 0 ? no : yes)[index];
    return [at(0), at(1)];
  };
  return {
    kind: "affine",
    draw,
    mask,
    gain: pick(({ gain }) => gain),
    shift: pick((value) => value.shift),
    ...x,
  };
}

/** What a normalisation by the mask's own sum makes of a value. */
export function normalised(value: Affine, total: Total): Affine | undefined {
  const { draw, counted, count = 1 } = total;
  if (value.draw !== draw || value.over) return undefined;
  return { ...value, over: { counted, count } };
}

/** A value with its numbers changed one by one, where it holds no tensor. */
export function mapped(value: Affine, map: (entry: number) => number): Affine | undefined {
  if (value.x !== undefined || value.over || value.draw.law !== "bits") return undefined;
  return { ...value, shift: mapPair(value.shift, map) };
}

export const scaled = (value: Affine, factor: number): Affine => ({
  ...value,
  gain: mapPair(value.gain, (entry) => entry * factor),
  shift: mapPair(value.shift, (entry) => entry * factor),
});

function lifted(draw: Draw, operand: Operand): Affine | undefined {
  const all = (entry: number): Pair => (draw.law === "bits" ? [entry, entry] : [entry, 0]);
  const base = { kind: "affine", draw, mask: "" } as const;
  if (typeof operand === "number") return { ...base, gain: [0, 0], shift: all(operand) };
  if (typeof operand === "string") {
    return { ...base, x: operand, gain: all(1), shift: [0, 0] };
  }
  return operand.draw === draw ? operand : undefined;
}

/** The tensor of two values, if both together hold at most one. */
function tensorOf(a: Affine, b: Affine): { readonly x?: string } | undefined {
  if (a.x !== undefined && b.x !== undefined && a.x !== b.x) return undefined;
  const x = a.x ?? b.x;
  return x === undefined ? {} : { x };
}

function sum(a: Affine, b: Affine, sign: 1 | -1): Affine | undefined {
  const x = tensorOf(a, b);
  if (x === undefined || a.over || b.over) return undefined;
  const added = (left: Pair, right: Pair): Pair => [
    left[0] + sign * right[0],
    left[1] + sign * right[1],
  ];
  const mask = a.mask || b.mask;
  return { ...a, ...x, mask, gain: added(a.gain, b.gain), shift: added(a.shift, b.shift) };
}

/** Of a value and one without a tensor. */
function product(value: Affine, pure: Affine): Affine | undefined {
  if (pure.x !== undefined || (value.over && pure.over)) return undefined;
  const over = value.over ?? pure.over;
  const mask = value.mask || pure.mask;
  const base = { ...value, mask, ...(over && { over }) };
  const times = (pair: Pair): Pair | undefined => {
    const [by] = [pure.shift];
    if (value.draw.law === "bits") return [pair[0] * by[0], pair[1] * by[1]];
    // Linear in the normal only if one of the two does not depend on it.
    if (pair[1] !== 0 && by[1] !== 0) return undefined;
    return [pair[0] * by[0], pair[0] * by[1] + pair[1] * by[0]];
  };
  const [gain, shift] = [times(value.gain), times(value.shift)];
  return gain && shift && { ...base, gain, shift };
}
