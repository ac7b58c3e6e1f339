import {
  type GraphProto,
  graphAttribute,
  intAttribute,
  type NodeProto,
  type OnnxModel,
  type TensorInfos,
} from "@dropoutkit/onnx";
import { branchesOf } from "./gradients/If.js";
import { ruleOf } from "./gradients/ruleOf.js";
import { ancestors, dependents, dependentsInBody } from "./reachability.js";

export interface CheckOptions {
  readonly owner: string;
  readonly loss: string;
  readonly active: ReadonlySet<string>;
  readonly infos: ReadonlyMap<GraphProto, TensorInfos>;
}

/** @throws {Error} If an operator on the way from `active` tensors to the loss has no gradient; it names all. */
export function checkRules(model: OnnxModel, { owner, loss, active, infos }: CheckOptions): void {
  const missing = missingIn(model.graph, { ends: [loss], active, infos });
  if (missing.length === 0) return;
  const described = missing.map((node) => describe(model, node)).join(", ");
  throw new Error(
    `${owner}: every operator between the loss and what it is derived by must have a gradient, got none for ${described}`,
  );
}

interface GraphOptions extends Pick<CheckOptions, "active" | "infos"> {
  /** Tensors that the loss depends on. */
  readonly ends: readonly string[];
}

/** The nodes without a rule, in the bodies of Scans and the branches of Ifs too. */
function missingIn(
  { node: nodes }: GraphProto,
  { ends, active, infos }: GraphOptions,
): NodeProto[] {
  const reached = ancestors(nodes, ...ends);
  return nodes
    .filter((node) => node.output.some((name) => active.has(name) && reached.has(name)))
    .flatMap((node) => {
      if (ruleOf(node) === undefined) return [node];
      const chosen = branchesOf(node).flatMap((branch) =>
        missingIn(branch, {
          ends: branch.output.map(({ name }) => name),
          active: dependents(branch.node, {
            names: [...active],
            infos: infos.get(branch) ?? new Map(),
          }),
          infos,
        }),
      );
      if (chosen.length > 0) return chosen;
      const body = graphAttribute(node, "body");
      if (body === undefined) return [];
      const states = node.input.length - intAttribute(node, "num_scan_inputs", 0);
      const own = infos.get(body) ?? new Map();
      return missingIn(body, {
        ends: body.output.map(({ name }) => name),
        active: dependentsInBody(body, { node, states, active, infos: own }),
        infos,
      });
    });
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
