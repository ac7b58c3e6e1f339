import type { OnnxModel } from "@dropoutkit/onnx";
import { fedInputs, type NodeProto, readsOf, type TensorInfo } from "@dropoutkit/onnx/graph";
import { goBack } from "../backward/goBack.js";
import { dependents } from "../backward/reachability.js";
import type { Scope } from "../backward/Scope.js";
import type { GradientSums } from "../trainer/GradientSums.js";
import { recompute } from "./recompute.js";
import { type Recompute, segmentsOf } from "./segmentsOf.js";

export interface SegmentedOptions {
  readonly owner: string;
  readonly recompute: Recompute;
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
  { owner, recompute: kind, gradients, scope, infos }: SegmentedOptions,
): void {
  const { builder } = scope;
  const inputs = fedInputs(graph).map(({ name }) => name);
  const moving = dependents(graph.node, { names: inputs, infos });
  const segments = segmentsOf(graph.node, { owner, recompute: kind, moving });
  const after: NodeProto[] = [];
  const kept = new Set([...inputs, ...graph.output.map(({ name }) => name)]);
  let gates: readonly string[] = [];
  for (const [i, segment] of [...segments.entries()].reverse()) {
    const first = builder.nodes.length;
    goBack(segment, gradients, scope);
    const backward = builder.nodes.splice(first);
    if (i === segments.length - 1 || gates.length === 0) after.push(...backward);
    else {
      const context = { ...scope, builder: builder.nested("again") };
      const again = recompute(context, { segment, backward, kept, moving, gates });
      after.push(...again.nodes);
      for (const [name, copy] of again.copies) {
        const info = infos.get(name);
        if (info !== undefined) infos.set(copy, info);
      }
    }
    if (backward.length > 0) gates = endsOf(backward);
    for (const name of segment.flatMap(readsOf)) kept.add(name);
  }
  graph.node = segments.flat();
  builder.nodes.push(...after);
}

/** What nodes make for others: the gradients that a segment hands on, and those of its weights. */
function endsOf(nodes: readonly NodeProto[]): string[] {
  const read = new Set(nodes.flatMap(readsOf));
  const made = nodes.flatMap(({ output }) => output);
  return made.filter((name) => name !== "" && !read.has(name));
}
