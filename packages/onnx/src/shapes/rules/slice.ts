import { ceilDivide, isSize, larger, type MaybeDim, minus, plus, smaller } from "../dims.js";
import { axisIn, hasInput, inputOf, listOf } from "../nodeFacts.js";
import type { KnownValue, NodeContext, ShapeRule } from "../ShapeRule.js";

/** Ends this far out say "to the end"; INT_MAX and INT64_MAX are what exporters write. */
const FAR = 2 ** 30;

interface Range {
  readonly start: MaybeDim;
  readonly end: MaybeDim;
  readonly step: MaybeDim;
}

/** A part of each axis: of those given, or of the first ones. */
const slice: ShapeRule = (context) => {
  const { dataType, dims, value, rows } = inputOf(context, 0);
  if (dims === undefined) return [{ dataType }];
  const ranges = rangesOf(context, dims.length);
  if (ranges === undefined) return [{ dataType, dims: dims.map(() => undefined) }];
  const sliced = dims.map((dim, axis) => {
    const range = ranges.get(axis);
    return range === undefined ? dim : sizeOf(dim, range);
  });
  const columns = rows?.map((row) => part(row, ranges.get(1)));
  const isKnown = columns?.every((row) => row !== undefined);
  return [
    {
      dataType,
      dims: sliced,
      value: value && part(value, ranges.get(0)),
      rows: isKnown ? part(columns ?? [], ranges.get(0)) : undefined,
    },
  ];
};

/** Undefined where the axes are not known. */
function rangesOf(context: NodeContext, rank: number): Map<number, Range> | undefined {
  const starts = listOf(context, "starts", 1);
  const ends = listOf(context, "ends", 2);
  const given = listOf(context, "axes", 3);
  const steps = hasInput(context, 4) ? inputOf(context, 4).value : "none";
  const count = lengthOf(starts) ?? lengthOf(ends) ?? inputOf(context, 1).dims?.[0];
  const axes =
    given === "none" && typeof count === "number"
      ? Array.from({ length: Math.min(count, rank) }, (_, axis) => axis)
      : given;
  if (axes === undefined || axes === "none") return undefined;
  const ranges = new Map<number, Range>();
  for (const [i, axis] of axes.entries()) {
    const at = axisIn(axis, rank);
    if (at === undefined) return undefined;
    const step = steps === "none" ? 1 : steps?.[i];
    ranges.set(at, { start: itemOf(starts, i), end: itemOf(ends, i), step });
  }
  return ranges;
}

type List = KnownValue | "none" | undefined;
const lengthOf = (list: List): number | undefined => (list === "none" ? undefined : list?.length);
const itemOf = (list: List, i: number): MaybeDim => (list === "none" ? undefined : list?.[i]);

/** How many entries a range takes of an axis. */
function sizeOf(dim: MaybeDim, { start, end, step }: Range): MaybeDim {
  if (typeof step !== "number" || step === 0) return undefined;
  // Where going back ends that ends far in front is not agreed on by runtimes.
  if (step < 0 && typeof end === "number" && end >= FAR) return undefined;
  const from = fromFront(start, dim);
  const to = fromFront(end, dim);
  // Forward, a start past the end of the axis gives a length below 0, so one bound of each is enough.
  const last = minus(dim, 1);
  const length =
    step > 0
      ? minus(smaller(to, dim), larger(from, 0))
      : minus(smaller(larger(from, 0), last), larger(to, -1));
  return larger(ceilDivide(length, Math.abs(step)), 0);
}

/** A start or an end, counted from the front. */
function fromFront(at: MaybeDim, dim: MaybeDim): MaybeDim {
  if (typeof at === "number") {
    if (at >= FAR) return typeof dim === "number" ? at : dim;
    return at <= -FAR ? -1 : at < 0 ? plus(at, dim) : at;
  }
  // Where a named place counts from is not known: it may be negative.
  return isSize(at) ? at : undefined;
}

/** The elements that a range takes. */
function part<T>(value: readonly T[], range: Range | undefined): readonly T[] | undefined {
  if (range === undefined) return value;
  const { start, end, step } = range;
  if (typeof start !== "number" || typeof end !== "number" || typeof step !== "number") {
    return undefined;
  }
  const dim = value.length;
  const size = sizeOf(dim, range);
  if (typeof size !== "number") return undefined;
  const at = Number(fromFront(start, dim));
  const from = step > 0 ? Math.max(at, 0) : Math.min(Math.max(at, 0), dim - 1);
  return Array.from({ length: size }, (_, i) => value[from + i * step]);
}

/** Parts of tensors along axes. */
export const sliceRules: Readonly<Record<string, ShapeRule>> = { Slice: slice };
