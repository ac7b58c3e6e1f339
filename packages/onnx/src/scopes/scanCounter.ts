import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { copyMessage } from "../model/copyModel.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { prune } from "../model/prune.js";
import { readsOf } from "../model/rewire.js";
import type { GraphProto, NodeProto } from "../model/schema.js";
import { makeValueInfo } from "../model/valueInfo.js";
import { openGraph } from "./openGraph.js";

const COUNTER = "iteration";

/**
 * The int64 scalar that counts a Scan's iterations, which the operator itself does not tell: a state that
 * starts at 0 and grows by 1, in front of the Scan's own, put in, in place, where it is missing.
 * @param names A builder of the model's names.
 * @param scope The scope of the Scan's body.
 */
export function scanCounter(
  model: OnnxModel,
  names: GraphBuilder,
  scope: readonly string[],
): string {
  const { body, node, replace } = openScan(model, scope);
  const known = counterOf(body);
  if (known !== undefined) return known.name;
  const builder = names.beside(scope.join("/"));
  const [now, last] = [builder.uniqueName(COUNTER), builder.uniqueName(`${COUNTER}s`)];
  const start = builder.scalar("int64", 0);
  const next = builder.op("Add", [now, builder.scalar("int64", 1)]);
  const scalar = { type: "int64", dims: [] } as const;
  body.input.unshift(makeValueInfo(now, scalar));
  body.output.unshift(makeValueInfo(next, scalar));
  body.node.unshift(...builder.nodes);
  replace(copyMessage(node, { input: [start, ...node.input], output: [last, ...node.output] }));
  builder.addConstantsTo(model);
  return now;
}

/** Takes such a counter out, in place, where nothing reads it. */
export function dropScanCounter(model: OnnxModel, scope: readonly string[]): void {
  const { body, node, replace } = openScan(model, scope);
  const counter = counterOf(body);
  if (counter === undefined) return;
  const { name, increment } = counter;
  const others = body.node.filter((item) => item !== increment);
  if (others.some((item) => readsOf(item).includes(name))) return;
  body.input.shift();
  body.output.shift();
  body.node = others;
  const [start, ...input] = node.input;
  replace(copyMessage(node, { input, output: node.output.slice(1) }));
  prune(model.graph, [start, ...increment.input.slice(1)]);
}

/** The counter that `scanCounter` put into a body. */
function counterOf({
  input,
  output,
  node,
}: GraphProto): { readonly name: string; readonly increment: NodeProto } | undefined {
  const name = input[0]?.name ?? "";
  if (!/\/iteration(_\d+)?$/.test(name)) return undefined;
  // A site on what enters the body stands before it.
  const increment = node.find(
    (item) => item.opType === "Add" && item.input[0] === name && item.output[0] === output[0]?.name,
  );
  return increment && { name, increment };
}

interface OpenScan {
  readonly body: GraphProto;
  readonly node: NodeProto;
  /** Puts another node in its place. */
  readonly replace: (node: NodeProto) => void;
}

function openScan(model: OnnxModel, scope: readonly string[]): OpenScan {
  const { graph: body, holder } = openGraph(model, scope);
  if (holder === undefined)
    throw new Error("scanCounter: scope must be a Scan's, got the main graph");
  const { graph, at } = holder;
  return {
    body,
    node: graph.node[at],
    replace: (node) => {
      graph.node[at] = node;
    },
  };
}
