import { copyMessage, type NodeProto } from "@dropoutkit/onnx/graph";
import { hasBatchStatistics, withGivenStatistics } from "../batchNorm/batchStatistics.js";
import type { EmitContext } from "../gradients/EmitContext.js";
import { isRepeatable } from "./isRepeatable.js";
import { notBefore } from "./notBefore.js";

export interface RecomputeOptions {
  /** The forward nodes of a segment. */
  readonly segment: readonly NodeProto[];
  /** The nodes of its gradients, which come to read what is computed again. */
  readonly backward: readonly NodeProto[];
  /** Its tensors that are kept. */
  readonly kept: ReadonlySet<string>;
  /** The tensors that change with the model's inputs; what does not is kept. */
  readonly moving: ReadonlySet<string>;
  /** What must have been computed before the segment is computed again. */
  readonly gates: readonly string[];
}

/** What a segment's gradients are computed with. */
export interface Recomputed {
  /** The segment's nodes again, and its gradients' nodes behind them. */
  readonly nodes: readonly NodeProto[];
  /** What is computed again or waits, by the names of what it is equal to. */
  readonly copies: ReadonlyMap<string, string>;
}

/**
 * Writes a segment's forward nodes again, as far as its gradients read what they make, into the builder
 * of `context`. All that was kept they read through nodes that wait for `gates`: otherwise the runtime
 * would run them early, or find that it has their values already and keep those.
 */
export function recompute(context: EmitContext, options: RecomputeOptions): Recomputed {
  const { backward, moving, gates } = options;
  const { builder } = context;
  const again = nodesAgain(options);
  const made = again.flatMap(({ output }) => output).filter((name) => name !== "");
  const copies = new Map(made.map((name) => [name, builder.uniqueName(name)]));
  const wait = notBefore(context, gates);
  const waiting = new Map<string, string>();
  const read = (name: string): string => {
    const known = copies.get(name) ?? waiting.get(name);
    if (known !== undefined) return known;
    if (!moving.has(name)) return name;
    waiting.set(name, wait(name));
    return read(name);
  };
  for (const node of again) {
    const input = node.input.map(read);
    const output = node.output.map((name) => copies.get(name) ?? "");
    builder.nodes.push(copyMessage(node, { name: builder.uniqueName(node.name), input, output }));
  }
  const renamed = backward.map((node) => copyMessage(node, { input: node.input.map(read) }));
  return { nodes: [...builder.nodes, ...renamed], copies: new Map([...copies, ...waiting]) };
}

/** The nodes that make what the gradients read and is not kept, and what these read in turn. */
function nodesAgain({ segment, backward, kept, moving }: RecomputeOptions): NodeProto[] {
  // What graphs inside of nodes read is kept, since their readings keep their names.
  const wanted = new Set(backward.flatMap(({ input }) => input));
  const isWanted = (name: string): boolean =>
    wanted.has(name) && moving.has(name) && !kept.has(name);
  const again: NodeProto[] = [];
  // The statistics of a batch are small: kept, and not computed again.
  const nodes = segment.map((node) =>
    hasBatchStatistics(node) ? withGivenStatistics(node) : node,
  );
  for (const node of nodes.reverse()) {
    if (!node.output.some(isWanted) || !isRepeatable(node)) continue;
    again.unshift(node);
    for (const name of node.input) wanted.add(name);
  }
  return again;
}
