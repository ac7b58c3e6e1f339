import { type NodeProto, type OnnxModel, readsOf, type TensorInfo } from "@dropoutkit/onnx";
import type { GradientSums } from "../GradientSums.js";
import { goBack } from "../goBack.js";
import { dependents } from "../reachability.js";
import type { Scope } from "../Scope.js";
import { recompute } from "./recompute.js";
import { type Checkpoint, segmentsOf } from "./segmentsOf.js";

export interface SegmentedOptions {
  readonly checkpoint: Checkpoint;
  readonly gradients: GradientSums;
  readonly scope: Scope;
  readonly infos: Map<string, TensorInfo>;
}

/**
 * `goBack` through a model in segments, from the last to the first. Only what crosses from one segment
 * to a later one is kept from the forward pass; what else the gradients of a segment read is computed
 * again, when they come to it. The shapes of the copies join `infos`.
 */
export function backwardInSegments(
  { graph }: OnnxModel,
  { checkpoint, gradients, scope, infos }: SegmentedOptions,
): void {
  const { builder } = scope;
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.map(({ name }) => name).filter((name) => !constants.has(name));
  const moving = dependents(graph.node, { names: inputs, infos });
  const segments = segmentsOf(graph.node, { checkpoint, moving });
  const after: NodeProto[] = [];
  const kept = new Set([...inputs, ...graph.output.map(({ name }) => name)]);
  for (let at = segments.length - 1; at >= 0; at--) {
    const segment = segments[at];
    const gate = gateOf(segment, gradients);
    const first = builder.nodes.length;
    goBack(segment, gradients, scope);
    const backward = builder.nodes.splice(first);
    if (at === segments.length - 1 || gate === undefined) after.push(...backward);
    else {
      const context = { ...scope, builder: builder.nested("again") };
      const again = recompute(context, { segment, backward, kept, moving, gate });
      after.push(...again.nodes);
      for (const [name, copy] of again.copies) {
        const info = infos.get(name);
        if (info !== undefined) infos.set(copy, info);
      }
    }
    for (const name of segment.flatMap(readsOf)) kept.add(name);
  }
  graph.node = segments.flat();
  builder.nodes.push(...after);
}

/** A gradient that must be there before a segment's own can be computed: that by something it hands on. */
function gateOf(segment: readonly NodeProto[], gradients: GradientSums): string | undefined {
  const made = segment.flatMap(({ output }) => output).reverse();
  const parts = made.map((name) => gradients.partOf(name));
  return parts.find((part) => part !== undefined);
}
