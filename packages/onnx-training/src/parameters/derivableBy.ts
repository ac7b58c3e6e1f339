import type { NodeProto, TensorInfos } from "@dropoutkit/onnx/graph";
import { changingReads, isConstantInput } from "../backward/constantInputs.js";
import { mayBeFloat } from "../backward/reachability.js";
import { isServed } from "../gradients/isServed.js";
import { ruleOf } from "../gradients/ruleOf.js";

/**
 * A loss and the tensors that a gradient of it can go to. Tensors that it depends on otherwise, such as the
 * scales of a Resize, are no weights; what goes through an operator without a gradient is, so that it is named.
 */
export function derivableBy(
  nodes: readonly NodeProto[],
  { loss, infos }: { readonly loss: string; readonly infos: TensorInfos },
): ReadonlySet<string> {
  const found = new Set([loss]);
  for (const node of [...nodes].reverse()) {
    if (!node.output.some((name) => found.has(name))) continue;
    for (const name of derivableReads(node)) if (mayBeFloat(infos, name)) found.add(name);
  }
  found.delete("");
  return found;
}

function derivableReads(node: NodeProto): readonly string[] {
  const rule = ruleOf(node);
  if (rule === undefined || rule.inputs === "all") return changingReads(node);
  return node.input.filter((_, input) => isServed(node, input) && !isConstantInput(node, input));
}
