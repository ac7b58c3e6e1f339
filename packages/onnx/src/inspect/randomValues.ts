import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from "../model/attribute.js";
import { isGenerator } from "../model/isGenerator.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";
import { combined, mapped, normalised, type Operand, scaled, selected } from "./affine.js";
import { constantFill, constantValues } from "./constantFill.js";
import { arithmeticOf, isSameEntries } from "./elementwiseOperators.js";
import type { InspectedGraph } from "./InspectedGraph.js";
import { isOfSizes } from "./isOfSizes.js";
import type { Affine, Draw, RandomValue, Total, Uniform } from "./randomValue.js";

/** What is known of the tensors of a graph that draws decide on, by name. */
export type RandomValues = ReadonlyMap<string, RandomValue>;

/** What a node makes of draws, constants and one tensor; undefined where that is anything else. */
export function randomValue(
  scoped: InspectedGraph,
  node: NodeProto,
  known: RandomValues,
): RandomValue | undefined {
  if (!isStandardDomain(node.domain)) return undefined;
  if (isGenerator(node)) return drawn(scoped, node);
  const { opType, input } = node;
  const at = input.findIndex((name) => known.has(name));
  const value = known.get(input[at]);
  if (value === undefined) return undefined;
  if (opType === "Where") return chosen(scoped, node, known);
  if (at === 0 && isSameEntries(opType)) return sameEntries(opType, value);
  if (at === 0 && input.length < 2) return ofOne(scoped, node, value);
  if (at === 0 && ["Pad", "ReduceSum"].includes(opType)) return ofOne(scoped, node, value);
  if (input.length !== 2) return undefined;
  const pair = { opType, names: [input[0], input[1]] as const, at };
  if (value.kind === "uniform") return ofUniform(scoped, value, pair);
  if (value.kind === "affine" && isComparison(opType)) return comparedBits(scoped, value, pair);
  return ofPair(scoped, known, pair);
}

interface PairOf {
  readonly opType: string;
  readonly names: readonly [string, string];
  /** Which of the two is of a draw. */
  readonly at: number;
}

function drawn(scoped: InspectedGraph, node: NodeProto): RandomValue | undefined {
  const { opType } = node;
  // It draws classes.
  if (opType === "Multinomial") return undefined;
  if (opType.startsWith("RandomUniform")) {
    const [low, high] = [floatAttribute(node, "low", 0), floatAttribute(node, "high", 1)];
    return { kind: "uniform", source: node, low, high, offset: 0 };
  }
  if (opType === "Bernoulli") {
    return bits(node, constantFill(scoped, node.input[0]) ?? Number.NaN);
  }
  const draw: Draw = { source: node, law: "normal", first: Number.NaN, isEverywhere: true };
  const shift = [floatAttribute(node, "mean", 0), floatAttribute(node, "scale", 1)] as const;
  return { kind: "affine", draw, mask: "", gain: [0, 0], shift };
}

/** 1 with a probability, else 0. */
const bits = (source: NodeProto, first: number, isEverywhere = true): Affine => ({
  kind: "affine",
  draw: { source, law: "bits", first, isEverywhere },
  mask: "",
  gain: [0, 0],
  shift: [1, 0],
});

/** In another type or shape a value is the same, unless it holds a tensor, whose own type and shape it leaves. */
function sameEntries(opType: string, value: RandomValue): RandomValue | undefined {
  const isPure = value.kind !== "affine" || value.x === undefined;
  return isPure || opType === "Identity" ? value : undefined;
}

function ofOne(
  scoped: InspectedGraph,
  node: NodeProto,
  value: RandomValue,
): RandomValue | undefined {
  const { opType } = node;
  if (opType === "Floor") return value.kind === "uniform" ? floored(value) : undefined;
  if (value.kind !== "affine") return undefined;
  if (opType === "Neg") return scaled(value, -1);
  if (opType === "Not") return mapped(value, (entry) => (entry === 0 ? 1 : 0));
  if (opType === "MaxPool") return grown(node, value);
  if (opType === "Pad") return padded(scoped, node, value);
  return opType === "ReduceSum" ? summed(node, value) : undefined;
}

/** A uniform that crosses one integer is that one, or the one below. */
function floored({ source, low, high, offset }: Uniform): Affine | undefined {
  const off = Math.floor(low);
  if (high > off + 2 || offset !== 0) return undefined;
  const value = bits(source, (high - off - 1) / (high - low));
  return { ...value, shift: [off + 1, off] };
}

const isPure = ({ x, over, draw }: Affine): boolean =>
  x === undefined && over === undefined && draw.law === "bits";

/** The larger of two values spreads over windows: blocks around seeds. */
function grown(node: NodeProto, value: Affine): Affine | undefined {
  const [size, ...others] = intsAttribute(node, "kernel_shape") ?? [];
  const steps = ["strides", "dilations"].flatMap((name) => intsAttribute(node, name) ?? []);
  if (!isPure(value) || value.draw.block || steps.some((step) => step !== 1)) return undefined;
  if (size === undefined || others.some((other) => other !== size)) return undefined;
  const { first } = value.draw;
  const seeds = value.shift[0] > value.shift[1] ? first : 1 - first;
  const block = { size, seeds };
  return { ...value, draw: { ...value.draw, first: Number.NaN, block } };
}

/** Seeds with places around where there are none. */
function padded(scoped: InspectedGraph, node: NodeProto, value: Affine): Affine | undefined {
  const [, , given] = node.input;
  const around = given ? constantFill(scoped, given) : floatAttribute(node, "value", 0);
  const isConstant = stringAttribute(node, "mode", "constant") === "constant";
  const isNone = isPure(value) && around === Math.min(...value.shift);
  return isConstant && isNone && value.draw.block === undefined ? value : undefined;
}

/** The sum of all entries of a mask of 0 and 1. */
function summed(node: NodeProto, value: Affine): Total | undefined {
  const isAll = node.input.length === 1 && intsAttribute(node, "axes") === undefined;
  if (!isAll || intAttribute(node, "noop_with_empty_axes", 0) !== 0) return undefined;
  const [first, second] = value.shift;
  if (!isPure(value) || !((first === 1 && second === 0) || (first === 0 && second === 1))) {
    return undefined;
  }
  return { kind: "total", draw: value.draw, counted: first === 1 ? 0 : 1, mask: value.mask };
}

function ofUniform(
  scoped: InspectedGraph,
  value: Uniform,
  { opType, names, at }: PairOf,
): RandomValue | undefined {
  const { source, low, high, offset } = value;
  const [bound, other] = constantValues(scoped, names[1 - at], 2) ?? [];
  // How often a mask is 1 that sizes decide is not known, only that it is a mask.
  if (bound === undefined && !isOfSizes(scoped, names[1 - at])) return undefined;
  if (isComparison(opType)) {
    const below = (by: number): number => clamped((bound - by - low) / (high - low));
    const less = (by: number): number =>
      opType.startsWith("Less") === (at === 0) ? below(by) : 1 - below(by);
    if (opType === "Equal" || other !== undefined) return undefined;
    if (bound === undefined) return bits(source, Number.NaN);
    return bits(source, either(less(0), less(offset)), less(0) === less(offset));
  }
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined) return undefined;
  if (bound === undefined) {
    return { ...value, low: Number.NaN, high: Number.NaN, offset: Number.NaN };
  }
  const map = (entry: number, by: number): number =>
    at === 0 ? arithmetic(entry, by) : arithmetic(by, entry);
  const [a, b] = [map(low, bound), map(high, bound)];
  if (other === undefined) {
    const moved = map(low + offset, bound) - a;
    return { ...value, low: Math.min(a, b), high: Math.max(a, b), offset: moved };
  }
  if (offset !== 0 || !["Add", "Sub"].includes(opType)) return undefined;
  return { ...value, low: Math.min(a, b), high: Math.max(a, b), offset: map(low, other) - a };
}

const clamped = (share: number): number => Math.min(Math.max(share, 0), 1);

/** The probability in the places where a draw decides, of those in two kinds of places; NaN where it does in both. */
function either(a: number, b: number): number {
  if (a === b) return a;
  if (a === 0 || a === 1) return b;
  return b === 0 || b === 1 ? a : Number.NaN;
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
};

const isComparison = (opType: string): boolean => opType in comparisons;

function comparedBits(
  scoped: InspectedGraph,
  value: Affine,
  { opType, names, at }: PairOf,
): Affine | undefined {
  const bound = constantFill(scoped, names[1 - at]);
  const compare = comparisons[opType];
  if (bound === undefined) return undefined;
  return mapped(value, (entry) => Number(at === 0 ? compare(entry, bound) : compare(bound, entry)));
}

/** Arithmetic of what a draw decides on with what stands beside it. */
function ofPair(
  scoped: InspectedGraph,
  known: RandomValues,
  { opType, names }: PairOf,
): RandomValue | undefined {
  const [a, b] = names.map((name) => known.get(name));
  if (a?.kind === "uniform" || b?.kind === "uniform") return undefined;
  if (a?.kind === "total" || b?.kind === "total") return ofTotal(scoped, { opType, names, a, b });
  const draw = (a ?? b)?.draw;
  if (draw === undefined) return undefined;
  const [left, right] = names.map((name) => operandOf(scoped, known, name));
  return left === undefined || right === undefined
    ? undefined
    : combined(opType, draw, [left, right]);
}

function operandOf(scoped: InspectedGraph, known: RandomValues, name: string): Operand | undefined {
  const value = known.get(name);
  if (value === undefined) return constantFill(scoped, name) ?? name;
  return value.kind === "affine" ? value : undefined;
}

interface OfTotal {
  readonly opType: string;
  readonly names: readonly [string, string];
  readonly a: Affine | Total | undefined;
  readonly b: Affine | Total | undefined;
}

/** What keeps a sum from 0 where a quotient is taken. */
const MOST_EPSILON = 1e-3;

function ofTotal(
  scoped: InspectedGraph,
  { opType, names, a, b }: OfTotal,
): RandomValue | undefined {
  const total = a?.kind === "total" ? a : b;
  const other = total === a ? b : a;
  if (total?.kind !== "total" || other?.kind === "total") return undefined;
  if (other !== undefined) {
    const isDivided = opType === "Div" && total === b && total.count === undefined;
    const isProduct = opType === "Mul" && total.count !== undefined;
    return isDivided || isProduct ? normalised(other, total) : undefined;
  }
  const name = names[total === a ? 1 : 0];
  const number = constantFill(scoped, name);
  if (opType === "Add" && number !== undefined && total.count === undefined) {
    return number >= 0 && number <= MOST_EPSILON ? total : undefined;
  }
  if (opType !== "Div" || total !== b || total.count !== undefined) return undefined;
  if (number !== undefined) return { ...total, count: number };
  return isOfSizes(scoped, name) ? { ...total, count: "sizes" } : undefined;
}

function chosen(
  scoped: InspectedGraph,
  { input: [cond, yes, no] }: NodeProto,
  known: RandomValues,
): Affine | undefined {
  const value = known.get(cond);
  if (value?.kind !== "affine") return undefined;
  const [a, b] = [yes, no].map((name) => operandOf(scoped, known, name));
  return a === undefined || b === undefined ? undefined : selected(value, [a, b]);
}
