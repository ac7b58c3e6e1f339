import { type NodeProto, nearMisses, readsOf } from "@dropoutkit/onnx/graph";

/**
 * The tensors that are kept from the forward pass for the backward pass: by name, or `"auto"` for about
 * √n of n places, those that the fewest tensors cross.
 */
export type Recompute = readonly string[] | "auto";

export interface SegmentOptions {
  readonly owner: string;
  readonly recompute: Recompute;
  /** The tensors that would be computed again. */
  readonly moving: ReadonlySet<string>;
}

/**
 * Cuts the nodes of a graph, in their order, behind those that make a tensor which is kept.
 * @throws {Error} If a name is no tensor that a node makes.
 * @see Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", section 4 (arXiv:1604.06174).
 */
export function segmentsOf(
  nodes: readonly NodeProto[],
  { owner, recompute, moving }: SegmentOptions,
): NodeProto[][] {
  const cuts =
    recompute === "auto" ? autoCuts(nodes, moving) : namedCuts(nodes, { owner, names: recompute });
  const starts = [0, ...cuts];
  return starts.map((start, i) => nodes.slice(start, starts[i + 1]));
}

function namedCuts(
  nodes: readonly NodeProto[],
  { owner, names }: { readonly owner: string; readonly names: readonly string[] },
): number[] {
  const cuts = names.map((name) => {
    const at = nodes.findIndex(({ output }) => output.includes(name));
    if (name !== "" && at >= 0) return at + 1;
    const made = nodes.flatMap(({ output }) => output);
    throw new Error(
      `${owner}: recompute must name tensors that the model computes, got ${name}${nearMisses(name, made)}`,
    );
  });
  return [...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut < nodes.length);
}

/** √n places, evenly over the n nodes that would run again, each moved to where the fewest tensors cross. */
function autoCuts(nodes: readonly NodeProto[], moving: ReadonlySet<string>): number[] {
  const places = nodes.flatMap(({ output }, i) =>
    output.some((name) => moving.has(name)) ? [i + 1] : [],
  );
  const crossings = crossingsOf(nodes, moving);
  const count = Math.round(Math.sqrt(places.length));
  const stride = places.length / (count + 1);
  return Array.from({ length: count }, (_, k) => {
    const middle = (k + 1) * stride;
    const near = places.slice(Math.ceil(middle - stride / 2), Math.ceil(middle + stride / 2));
    return near.reduce((best, place) => (crossings[place] < crossings[best] ? place : best));
  }).filter((cut) => cut < nodes.length);
}

/** For each place between two nodes, how many tensors are made before it and read behind it. */
function crossingsOf(nodes: readonly NodeProto[], moving: ReadonlySet<string>): number[] {
  const lastRead = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of readsOf(node)) lastRead.set(name, i);
  });
  const change = new Array<number>(nodes.length + 1).fill(0);
  nodes.forEach(({ output }, i) => {
    for (const name of output) {
      const last = lastRead.get(name);
      if (!moving.has(name) || last === undefined) continue;
      change[i + 1] += 1;
      change[last + 1] -= 1;
    }
  });
  let sum = 0;
  return change.map((step) => {
    sum += step;
    return sum;
  });
}
