import { GraphBuilder } from "../emit/GraphBuilder.js";
import { nodeLabel } from "../labels/nodeLabel.js";
import { makeAttribute } from "../model/attribute.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { opsetOf } from "../model/opsetOf.js";
import { countUses } from "../model/rewire.js";
import type { AttributeProto, NodeProto } from "../model/schema.js";
import { inlineCalls } from "../scopes/inlineCalls.js";
import { openGraph } from "../scopes/openGraph.js";
import { walkGraphs } from "../scopes/walkGraphs.js";
import { usesBatchStatistics } from "./batchStatistics.js";

/**
 * Makes the BatchNormalization nodes of all graphs use the running statistics, in place; functions that
 * hold one that does not are inlined. A running statistic that such a node hands on is the one that it reads.
 * @throws {Error} If a batch's own statistic is read, which inference does not have.
 */
export function inferBatchNorm(model: OnnxModel, owner: string): void {
  const opset = opsetOf(model);
  const trains = (node: NodeProto): boolean => usesBatchStatistics(node, opset);
  inlineCalls(model, { owner, isWanted: trains });
  const scopes = walkGraphs(model.graph).filter(({ graph }) => graph.node.some(trains));
  if (scopes.length === 0) return;
  const uses = countUses(model.graph);
  for (const { scope } of scopes) {
    const { graph } = openGraph(model, scope);
    graph.node = graph.node.flatMap((node) =>
      trains(node) ? inferred(model, { owner, node, opset, uses }) : [node],
    );
  }
}

interface Inferring {
  readonly owner: string;
  readonly node: NodeProto;
  readonly opset: number;
  readonly uses: ReadonlyMap<string, number>;
}

/** A node for inference, and what hands its running statistics on to those that read them. */
function inferred(model: OnnxModel, { owner, node, opset, uses }: Inferring): NodeProto[] {
  const [output, ...statistics] = node.output;
  const read = statistics.map((name) => (name !== "" && uses.has(name) ? name : ""));
  const saved = read.slice(2).find((name) => name !== "");
  if (saved !== undefined) {
    throw new Error(
      `${owner}: statistics of a batch must not be read, which inference has none of, got ${saved} of ${nodeLabel(node)}`,
    );
  }
  const builder = new GraphBuilder(output, model.graph);
  read.forEach((name, i) => {
    if (name !== "") builder.op("Identity", [node.input[3 + i]], { outputs: [name] });
  });
  const attribute = inferenceAttributes(node, opset);
  return [copyMessage(node, { output: [output], attribute }), ...builder.nodes];
}

function inferenceAttributes({ attribute }: NodeProto, opset: number): AttributeProto[] {
  const others = attribute.filter(({ name }) => name !== "training_mode" && name !== "is_test");
  return opset < 7 ? [...others, makeAttribute("is_test", 1)] : others;
}
