import { isGenerator } from "../model/isGenerator.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { GraphProto, NodeProto } from "../model/schema.js";
import type { Dim } from "../model/valueInfo.js";
import type { TensorInfos } from "../shapes/inferShapes.js";
import { constantFill } from "./constantFill.js";
import { arithmeticOf } from "./elementwiseOperators.js";
import type { InspectedGraph } from "./InspectedGraph.js";
import { type Law, lawOf } from "./lawOf.js";
import type { Affine, RandomValue } from "./randomValue.js";
import { type RandomValues, randomValue } from "./randomValues.js";
import { readersOf } from "./readersOf.js";

/** Dropout that is written as a generator and arithmetic, as exporters write what has no operator. */
export interface NoisePattern extends Law {
  /** The node in which noise meets what is dropped: it selects, multiplies or adds. */
  readonly node: NodeProto;
  readonly x: string;
  readonly output: string;
  /** The tensor that decides, and its sizes; undefined where they are not known. */
  readonly mask: string;
  readonly dims: readonly Dim[] | undefined;
  /** Of blocks: their edge. */
  readonly blockSize?: number;
  /** The node that draws. */
  readonly source: NodeProto;
  /** True if something else reads what is drawn, too. */
  readonly isShared: boolean;
}

/** What draws decide on in a graph. */
export interface Noise {
  /** In the order of the nodes. */
  readonly patterns: readonly NoisePattern[];
  /** The values of draws that are not yet dropout, by tensor. */
  readonly values: RandomValues;
}

/** Follows the draws of a graph to the patterns that they become. */
export function noiseIn(scoped: InspectedGraph, infos: TensorInfos): Noise {
  const { graph } = scoped;
  const values = new Map<string, RandomValue>();
  const met = new Map<string, NodeProto>();
  const found: Omit<NoisePattern, "isShared">[] = [];
  if (!graph.node.some(isGenerator)) return { patterns: [], values };
  for (const each of graph.node) {
    const value = randomValue(scoped, each, values);
    if (value === undefined) continue;
    const [output] = each.output;
    const node =
      each.input.map((name) => met.get(name)).find((first) => first !== undefined) ?? each;
    const pattern =
      value.kind === "affine" ? patternOf(scoped, { value, node, output, infos }) : undefined;
    if (pattern !== undefined) found.push(pattern);
    // What holds a tensor goes on in one place alone: others that read it have noise of their own.
    else if (!holdsTensor(value) || readersOf(graph, output).length === 1) {
      if (holdsTensor(value)) met.set(output, node);
      values.set(output, isMask(value) ? { ...value, mask: output } : value);
    }
  }
  const isShared = (pattern: Omit<NoisePattern, "isShared">): boolean =>
    leaks(graph, { pattern, values });
  return {
    patterns: found.map((pattern) => ({ ...pattern, isShared: isShared(pattern) })),
    values,
  };
}

const isMask = (value: RandomValue): value is Affine =>
  value.kind === "affine" && value.x === undefined;

const holdsTensor = (value: RandomValue): boolean => value.kind === "affine" && !isMask(value);

interface Candidate {
  readonly value: Affine;
  readonly node: NodeProto;
  readonly output: string;
  readonly infos: TensorInfos;
}

function patternOf(
  scoped: InspectedGraph,
  { value, node, output, infos }: Candidate,
): Omit<NoisePattern, "isShared"> | undefined {
  const { x, draw, mask } = value;
  if (x === undefined) return undefined;
  const dims = maskDims(scoped, infos, { mask, x, source: draw.source });
  const entries = sizeOf(dims);
  const before = scaledBy(scoped, x);
  const plain = lawOf(value, { scale: 1, entries });
  const law = plain ?? (before && lawOf(value, { scale: before.scale, entries }));
  if (law === undefined) return undefined;
  const target = plain ? x : (before?.x ?? x);
  const size = draw.block?.size;
  return {
    ...law,
    ...(law.law === "blocks" && { rate: rateOfBlocks(law.rate, size, infos.get(x)?.dims) }),
    ...(size !== undefined && { blockSize: size }),
    node,
    x: target,
    output,
    mask,
    dims,
    source: draw.source,
  };
}

const sizeOf = (dims: readonly Dim[] | undefined): number | undefined =>
  dims?.reduce<number | undefined>(
    (product, dim) =>
      product === undefined || typeof dim !== "number" ? undefined : product * dim,
    1,
  );

/** The rate that asks for that many seeds (Ghiasi et al. 2018, equation 1). */
function rateOfBlocks(
  seeds: number | undefined,
  size: number | undefined,
  dims: readonly Dim[] | undefined,
): number | undefined {
  const space = dims?.slice(2);
  const isKnown = space?.every((dim) => typeof dim === "number") && space.length > 0;
  if (seeds === undefined || size === undefined || !isKnown) return undefined;
  return space.map(Number).reduce((rate, edge) => {
    const fits = Math.max(edge - size + 1, 1);
    return (rate * size * fits) / edge;
  }, seeds);
}

/** A tensor as the product or quotient of another and a constant. */
function scaledBy(
  scoped: InspectedGraph,
  tensor: string,
): { readonly x: string; readonly scale: number } | undefined {
  const maker = scoped.graph.node.find(({ output }) => output[0] === tensor);
  if (maker === undefined || !isStandardDomain(maker.domain)) return undefined;
  const { opType, input } = maker;
  const [a, b] = input;
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined || (opType !== "Mul" && opType !== "Div")) return undefined;
  const right = constantFill(scoped, b);
  if (right !== undefined) return { x: a, scale: arithmetic(1, right) };
  const left = opType === "Mul" ? constantFill(scoped, a) : undefined;
  return left === undefined ? undefined : { x: b, scale: left };
}

/** Whether something besides a pattern reads what its node draws, or what is made of that on the way. */
function leaks(
  graph: GraphProto,
  {
    pattern,
    values,
  }: { readonly pattern: Omit<NoisePattern, "isShared">; readonly values: RandomValues },
): boolean {
  const { source, output } = pattern;
  const inside = new Set(graph.node.filter((node) => node.output[0] === output));
  for (const maker of [...graph.node].reverse()) {
    const isRead = [...inside].some(({ input }) => input.includes(maker.output[0]));
    if (isRead && sourceOf(values.get(maker.output[0])) === source) inside.add(maker);
  }
  return [...inside].some(
    (maker) =>
      maker.output[0] !== output &&
      readersOf(graph, maker.output[0]).some(
        (reader) => reader === "output" || !(inside.has(reader) || isSize(reader)),
      ),
  );
}

const sourceOf = (value: RandomValue | undefined): NodeProto | undefined =>
  value?.kind === "uniform" ? value.source : value?.draw.source;

const isSize = ({ opType }: NodeProto): boolean => opType === "Shape" || opType === "Size";

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
