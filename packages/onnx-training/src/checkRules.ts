import type { NodeProto, OnnxModel } from "@dropoutkit/onnx";
import { ruleOf } from "./gradients/ruleOf.js";
import { ancestors } from "./reachability.js";

/** @throws {Error} If an operator on the way from `active` tensors to the loss has no gradient; it names all. */
export function checkRules(
  model: OnnxModel,
  { loss, active }: { readonly loss: string; readonly active: ReadonlySet<string> },
): void {
  const { node: nodes } = model.graph;
  const reached = ancestors(nodes, loss);
  const missing = nodes
    .filter((node) => node.output.some((name) => active.has(name) && reached.has(name)))
    .filter((node) => ruleOf(node) === undefined)
    .map((node) => describe(model, node));
  if (missing.length === 0) return;
  throw new Error(
    `gradientModel: every operator between the loss and what it is derived by must have a gradient, got none for ${missing.join(", ")}`,
  );
}

/** `CumSum (node sum, opset 17)`, or `com.example.Gemm (node up, opset 1)`. */
function describe(model: OnnxModel, { domain, opType, name, output }: NodeProto): string {
  const standard = domain === "" || domain === "ai.onnx";
  const opset = model.opsetImport.find(
    (item) => item.domain === domain || (standard && ["", "ai.onnx"].includes(item.domain)),
  );
  const operator = standard ? opType : `${domain}.${opType}`;
  return `${operator} (node ${name || output[0]}, opset ${opset?.version ?? "not imported"})`;
}
