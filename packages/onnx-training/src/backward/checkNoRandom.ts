import { inspectDropout, type OnnxModel } from "@dropoutkit/onnx";
import {
  copyModel,
  type GraphProto,
  inlineCalls,
  type NodeProto,
  nodeName,
} from "@dropoutkit/onnx/graph";
import { isRandom } from "./isRandom.js";
import { ancestors } from "./reachability.js";

/**
 * Checks that all noise that the loss depends on is this package's: what runtimes draw is another at each run, and
 * no checkpoint holds it. A `Dropout` that does not drop is none.
 * @throws {Error} If a node draws by itself, in nested graphs and functions too; it names all.
 */
export function checkNoRandom(model: OnnxModel, loss: string): void {
  const flat = copyModel(model);
  inlineCalls(flat, { owner: "Trainer" });
  const drawing = nodesFor(flat.graph, [loss]).filter(isRandom);
  if (drawing.length === 0) return;
  const still = new Set(
    inspectDropout(flat)
      .sites.filter(
        ({ kind, training, rate }) => kind === "Dropout" && (training === false || rate === 0),
      )
      .map(({ output }) => output),
  );
  const found = drawing.filter(({ output }) => !still.has(output[0]));
  if (found.length === 0) return;
  const described = found.map((node) => `${node.opType} (node ${nodeName(node)})`);
  throw new Error(
    `Trainer: model must not draw random numbers in the runtime, got ${described.join(", ")}; replaceDropout of @dropoutkit/onnx gives dropout masks of a seed, other noise is fed as an input`,
  );
}

/** The nodes that some tensors of a graph depend on, with all that are nested in them. */
function nodesFor({ node: nodes }: GraphProto, ends: readonly string[]): NodeProto[] {
  const reached = ancestors(nodes, ...ends);
  return nodes
    .filter(({ output }) => output.some((name) => reached.has(name)))
    .flatMap((node) => [node, ...nestedIn(node)]);
}

const nestedIn = ({ attribute }: NodeProto): NodeProto[] =>
  attribute
    .flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]))
    .flatMap((graph) =>
      nodesFor(
        graph,
        graph.output.map(({ name }) => name),
      ),
    );
