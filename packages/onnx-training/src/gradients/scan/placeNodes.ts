import { type GraphBuilder, type NodeProto, readsOf } from "@dropoutkit/onnx/graph";

/** Where the nodes of the way back go. */
export interface Places {
  /** Those that depend on gradients: in the loop back. */
  readonly back: readonly NodeProto[];
  /** Those that depend on the body's tensors, and on no gradient: in either loop. */
  readonly either: readonly NodeProto[];
}

export interface PlaceOptions {
  /** The gradients that the way back starts from. */
  readonly gradients: Iterable<string>;
  /** The body's own tensors. */
  readonly own: Iterable<string>;
}

/** Sorts the nodes of the way back. Those that are the same in every iteration move around the loop, into `builder`. */
export function placeNodes(
  builder: GraphBuilder,
  nodes: readonly NodeProto[],
  { gradients, own }: PlaceOptions,
): Places {
  const derived = new Set(gradients);
  const varying = new Set(own);
  const back: NodeProto[] = [];
  const either: NodeProto[] = [];
  for (const node of nodes) {
    const reads = readsOf(node);
    const isDerived = reads.some((name) => derived.has(name));
    const isVarying = reads.some((name) => varying.has(name));
    if (isDerived) back.push(node);
    else if (isVarying) either.push(node);
    else builder.nodes.push(node);
    for (const name of node.output) {
      if (isDerived) derived.add(name);
      else if (isVarying) varying.add(name);
    }
  }
  return { back, either };
}
