import type { NodeProto } from "@dropoutkit/onnx/graph";
import { ruleOf } from "./ruleOf.js";

/** Whether the rule of a node's operator gives a gradient with respect to an input; false where the operator has no rule. */
export function isServed(node: NodeProto, input: number): boolean {
  const rule = ruleOf(node);
  if (rule === undefined) return false;
  const { inputs = [0] } = rule;
  return inputs === "all" || inputs.includes(input);
}
