import { copyMessage, type NodeProto } from "@dropoutkit/onnx";
import type { EmitContext } from "../gradients/GradientRule.js";
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
  /** The gradient that the backward nodes start from. */
  readonly gate: string;
}

/** What a segment's gradients are computed with. */
export interface Recomputed {
  /** The segment's nodes again, and its gradients' nodes behind them. */
  readonly nodes: readonly NodeProto[];
  /** The tensors that are computed again, by the names of what they are equal to. */
  readonly copies: ReadonlyMap<string, string>;
}

/**
 * Writes a segment's forward nodes again, as far as its gradients read what they make, into the builder
 * of `context`. They read what was kept, but through nodes that wait for `gate`: otherwise the runtime
 * would run them before the backward pass, or find that it has their values already and keep those.
 */
export function recompute(context: EmitContext, options: RecomputeOptions): Recomputed {
  const { backward, moving, gate } = options;
  const { builder } = context;
  const again = nodesAgain(options);
  const copies = new Map<string, string>();
  for (const name of again.flatMap(({ output }) => output)) {
    if (name !== "") copies.set(name, builder.uniqueName(name));
  }
  const waiting = new Map<string, string>();
  const read = (name: string): string => {
    const copy = copies.get(name) ?? waiting.get(name);
    if (copy !== undefined) return copy;
    if (!moving.has(name)) return name;
    const gated = notBefore(context, { tensor: name, gate });
    waiting.set(name, gated);
    return gated;
  };
  for (const node of again) {
    const input = node.input.map(read);
    const output = node.output.map((name) => copies.get(name) ?? "");
    builder.nodes.push(copyMessage(node, { name: builder.uniqueName(node.name), input, output }));
  }
  const renamed = backward.map((node) =>
    copyMessage(node, { input: node.input.map((name) => copies.get(name) ?? name) }),
  );
  return { nodes: [...builder.nodes, ...renamed], copies };
}

/** The nodes that make what the gradients read and is not kept, and what these read in turn. */
function nodesAgain({ segment, backward, kept, moving }: RecomputeOptions): NodeProto[] {
  // What graphs inside of nodes read is kept, since their readings keep their names.
  const wanted = new Set(backward.flatMap(({ input }) => input));
  const isWanted = (name: string): boolean =>
    wanted.has(name) && moving.has(name) && !kept.has(name);
  const again: NodeProto[] = [];
  for (const node of [...segment].reverse()) {
    if (!node.output.some(isWanted) || !isRepeatable(node)) continue;
    again.unshift(node);
    for (const name of node.input) wanted.add(name);
  }
  return again;
}
