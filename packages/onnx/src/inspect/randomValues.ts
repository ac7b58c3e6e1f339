import { floatAttribute } from "../attribute.js";
import { isStandardDomain } from "../codec.js";
import type { NodeProto } from "../schema.js";
import { arithmeticOf, isSameEntries } from "./arithmetic.js";
import { constantFill } from "./constantFill.js";
import type { InspectedGraph } from "./InspectedGraph.js";

/** Independent draws, uniform in [low, high), and the node that makes them. */
interface Uniform {
  readonly source: NodeProto;
  readonly low: number;
  readonly high: number;
}

/** Independent draws, `on` with probability `keep` and else `off`. */
export interface Bits {
  readonly source: NodeProto;
  readonly on: number;
  readonly off: number;
  readonly keep: number;
}

export type RandomValue = Uniform | Bits;

/** True for an operator that draws. */
export const isGenerator = ({ opType, domain }: NodeProto): boolean =>
  isStandardDomain(domain) && ["Bernoulli", "RandomUniform", "RandomUniformLike"].includes(opType);

/** What the tensors of a graph draw that are made of a generator and constants alone, by name. */
export function randomValues(scoped: InspectedGraph): ReadonlyMap<string, RandomValue> {
  const known = new Map<string, RandomValue>();
  for (const node of scoped.graph.node) {
    const value = randomValue(scoped, node, known);
    if (value !== undefined) known.set(node.output[0], value);
  }
  return known;
}

function randomValue(
  scoped: InspectedGraph,
  node: NodeProto,
  known: ReadonlyMap<string, RandomValue>,
): RandomValue | undefined {
  const { opType, input } = node;
  if (!isStandardDomain(node.domain)) return undefined;
  if (opType.startsWith("RandomUniform")) {
    const [low, high] = [floatAttribute(node, "low", 0), floatAttribute(node, "high", 1)];
    return { source: node, low, high };
  }
  if (opType === "Bernoulli") {
    const keep = constantFill(scoped, input[0]);
    return keep === undefined ? undefined : { source: node, on: 1, off: 0, keep };
  }
  const at = input.findIndex((name) => known.has(name));
  const value = known.get(input[at]);
  if (value === undefined) return undefined;
  if (isSameEntries(opType)) return at === 0 ? value : undefined;
  if (opType === "Floor") return floored(value);
  if (opType === "Not") return mapped(value, (entry) => (entry === 0 ? 1 : 0));
  if (input.length !== 2) return undefined;
  const constant = constantFill(scoped, input[1 - at]);
  if (constant === undefined) return undefined;
  const arithmetic = arithmeticOf(opType);
  if (arithmetic === undefined) return compared(opType, value, { bound: constant, at });
  return mapped(value, (entry) =>
    at === 0 ? arithmetic(entry, constant) : arithmetic(constant, entry),
  );
}

/** A comparison of a uniform, its input `at`, with a constant. */
function compared(
  opType: string,
  value: RandomValue,
  { bound, at }: { readonly bound: number; readonly at: number },
): RandomValue | undefined {
  const isLess = opType.startsWith("Less");
  if (!(isLess || opType.startsWith("Greater")) || !("low" in value)) return undefined;
  const below = (bound - value.low) / (value.high - value.low);
  return { source: value.source, on: 1, off: 0, keep: isLess === (at === 0) ? below : 1 - below };
}

/** A uniform that crosses one integer is that one, or the one below. */
function floored(value: RandomValue): RandomValue | undefined {
  if (!("low" in value)) return undefined;
  const { source, low, high } = value;
  const off = Math.floor(low);
  if (high > off + 2) return undefined;
  return { source, on: off + 1, off, keep: (high - off - 1) / (high - low) };
}

function mapped(value: RandomValue, map: (entry: number) => number): RandomValue {
  if ("keep" in value) return { ...value, on: map(value.on), off: map(value.off) };
  const [a, b] = [map(value.low), map(value.high)];
  return { source: value.source, low: Math.min(a, b), high: Math.max(a, b) };
}
