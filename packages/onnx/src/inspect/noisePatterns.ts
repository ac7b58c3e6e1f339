import { isStandardDomain } from "../codec.js";
import type { NodeProto } from "../schema.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import type { Dim } from "../valueInfo.js";
import { arithmeticOf } from "./arithmetic.js";
import { constantFill } from "./constantFill.js";
import type { InspectedGraph } from "./InspectedGraph.js";
import { type Bits, type RandomValue, randomValues } from "./randomValues.js";
import { readersOf } from "./readersOf.js";

/** Dropout that is written as a generator, a comparison and a product or a selection, as exporters of feature dropout and stochastic depth write it. */
export interface NoisePattern {
  /** The node that selects, or multiplies. */
  readonly node: NodeProto;
  readonly x: string;
  readonly output: string;
  /** Drop probability in [0, 1). */
  readonly rate: number;
  /** The tensor that decides, and its sizes; undefined where they are not known. */
  readonly mask: string;
  readonly dims: readonly Dim[] | undefined;
  /** The node that draws. */
  readonly source: NodeProto;
  /** True if something else reads what is drawn, too. */
  readonly isShared: boolean;
}

/** The patterns of a graph, in the order of its nodes. */
export function noisePatterns(scoped: InspectedGraph, infos: TensorInfos): NoisePattern[] {
  const draws = randomValues(scoped);
  if (draws.size === 0) return [];
  const found = scoped.graph.node.flatMap((node) => {
    const applied = isStandardDomain(node.domain) ? appliedNoise(scoped, draws, node) : undefined;
    const scaled = applied && withScale(scoped, applied);
    return scaled === undefined ? [] : [scaled];
  });
  return found.map(({ scale: _, ...pattern }) => ({
    ...pattern,
    dims: maskDims(scoped, infos, pattern),
    isShared:
      readersOf(scoped.graph, pattern.mask).length > 1 ||
      found.some(({ node, source }) => source === pattern.source && node !== pattern.node),
  }));
}

interface Applied extends Omit<NoisePattern, "dims" | "isShared"> {
  /** What kept entries are multiplied by, so far. */
  readonly scale: number;
}

/** `x · mask`, or `mask ? x : 0`. */
function appliedNoise(
  scoped: InspectedGraph,
  draws: ReadonlyMap<string, RandomValue>,
  node: NodeProto,
): Applied | undefined {
  const { opType, input, output } = node;
  const base = { node, output: output[0] };
  if (opType === "Mul") {
    const at = input.findIndex((name) => draws.has(name));
    const value = draws.get(input[at]);
    if (value === undefined || !("keep" in value) || draws.has(input[1 - at])) return undefined;
    const kept = keptOf(value);
    return kept && { ...base, ...kept, x: input[1 - at], mask: input[at], source: value.source };
  }
  if (opType !== "Where") return undefined;
  const [mask, yes, no] = input;
  const value = draws.get(mask);
  if (value === undefined || !("keep" in value)) return undefined;
  const isKept = constantFill(scoped, no) === 0;
  if (!isKept && constantFill(scoped, yes) !== 0) return undefined;
  const keep = (value.on !== 0) === isKept ? value.keep : 1 - value.keep;
  const x = isKept ? yes : no;
  return { ...base, rate: 1 - keep, scale: 1, x, mask, source: value.source };
}

/** Of a mask with one value that is 0: how often the other is, and what it is. */
function keptOf({
  on,
  off,
  keep,
}: Bits): { readonly rate: number; readonly scale: number } | undefined {
  if (off === 0) return { rate: 1 - keep, scale: on };
  return on === 0 ? { rate: keep, scale: off } : undefined;
}

/** The pattern with the product or quotient by a constant, in front or behind, that keeps the mean; undefined where there is none. */
function withScale(scoped: InspectedGraph, applied: Applied): Applied | undefined {
  // Constants may be half floats, two of them with a relative error of 2^-11 each.
  const isMean = (scale: number): boolean => Math.abs(scale * (1 - applied.rate) - 1) < 1e-3;
  if (isMean(applied.scale)) return applied;
  const { graph } = scoped;
  const before = graph.node.find(({ output }) => output[0] === applied.x);
  const first = before && scaledBy(scoped, before);
  if (first !== undefined && isMean(applied.scale * first.scale)) {
    return { ...applied, x: first.x };
  }
  const [after, ...others] = readersOf(graph, applied.output);
  if (after === undefined || after === "output" || others.length > 0) return undefined;
  const last = scaledBy(scoped, after);
  if (last?.x !== applied.output || !isMean(applied.scale * last.scale)) return undefined;
  return { ...applied, output: after.output[0] };
}

/** A product or quotient of a tensor and a constant. */
function scaledBy(
  scoped: InspectedGraph,
  { opType, input: [a, b] }: NodeProto,
): { readonly x: string; readonly scale: number } | undefined {
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined || (opType !== "Mul" && opType !== "Div")) return undefined;
  const right = constantFill(scoped, b);
  if (right !== undefined) return { x: a, scale: arithmetic(1, right) };
  const left = opType === "Mul" ? constantFill(scoped, a) : undefined;
  return left === undefined ? undefined : { x: b, scale: left };
}

/** Sizes of the mask: what is known of it, or of what it was drawn for. */
function maskDims(
  { graph }: InspectedGraph,
  infos: TensorInfos,
  { mask, x, source }: Pick<NoisePattern, "mask" | "x" | "source">,
): readonly Dim[] | undefined {
  const known = infos.get(mask);
  if (known !== undefined) return known.dims;
  const makerOf = (name: string): NodeProto | undefined =>
    graph.node.find(({ output }) => output[0] === name);
  // Drawn like x itself, or like a constant of the shape of x.
  const [like] = source.input;
  const maker = makerOf(like);
  const shape = maker && makerOf(maker.input[maker.opType === "Expand" ? 1 : 0]);
  const isLikeX = like === x || (shape?.opType === "Shape" && shape.input[0] === x);
  return isLikeX ? infos.get(x)?.dims : undefined;
}
