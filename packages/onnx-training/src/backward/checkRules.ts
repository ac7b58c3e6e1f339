import type { OnnxModel } from "@dropoutkit/onnx";
import {
  type GraphProto,
  isStandardDomain,
  type NodeProto,
  nodeName,
  type TensorInfos,
} from "@dropoutkit/onnx/graph";
import { isServed } from "../gradients/isServed.js";
import { ruleOf } from "../gradients/ruleOf.js";
import { isConstantInput } from "./constantInputs.js";
import { type NodeOnTheWay, nodesOnTheWay } from "./nodesOnTheWay.js";

export interface CheckOptions {
  readonly owner: string;
  readonly loss: string;
  readonly active: ReadonlySet<string>;
  readonly infos: ReadonlyMap<GraphProto, TensorInfos>;
}

/**
 * @throws {Error} If an operator on the way from `active` tensors to the loss has no gradient, or none by an
 * input on the way; it names all.
 */
export function checkRules(model: OnnxModel, { owner, loss, active, infos }: CheckOptions): void {
  const missing = nodesOnTheWay(model.graph, { ends: [loss], active, infos }).flatMap(unserved);
  if (missing.length === 0) return;
  const described = missing.map((item) => describe(model, item)).join(", ");
  throw new Error(
    `${owner}: every operator between the loss and what it is derived by must have a gradient, got none for ${described}`,
  );
}

/** A node without a rule, or the place of its input that its rule does not serve. */
interface Missing {
  readonly node: NodeProto;
  readonly input?: number;
}

function unserved({ node, active }: NodeOnTheWay): Missing[] {
  if (ruleOf(node) === undefined) return [{ node }];
  return [...node.input.keys()]
    .filter((input) => active.has(node.input[input]) && !isConstantInput(node, input))
    .filter((input) => !isServed(node, input))
    .map((input) => ({ node, input }));
}

/** `CumSum (node sum, opset 17)`, `com.example.Gemm (node up, opset 1)`, or `Resize (node up, opset 19) by input 2, scales`. */
function describe(model: OnnxModel, { node, input }: Missing): string {
  const { domain, opType } = node;
  const isStandard = isStandardDomain(domain);
  const opset = model.opsetImport.find(
    (item) => item.domain === domain || (isStandard && isStandardDomain(item.domain)),
  );
  const operator = isStandard ? opType : `${domain}.${opType}`;
  const described = `${operator} (node ${nodeName(node)}, opset ${opset?.version ?? "not imported"})`;
  return input === undefined ? described : `${described} by input ${input}, ${node.input[input]}`;
}
