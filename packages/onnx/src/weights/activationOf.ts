import { countUses, readsOf } from "../model/rewire.js";
import type { NodeProto } from "../model/schema.js";
import type { GraphFacts } from "./graphFacts.js";

/** Operators over single entries, as activations are made of. */
const nonlinear: ReadonlySet<string> = new Set(
  "Abs Celu Clip Elu Erf Exp Gelu HardSigmoid HardSwish LeakyRelu Log Max Min Mish Pow PRelu Reciprocal Relu Selu Sigmoid Softplus Softsign Sqrt Swish Tanh ThresholdedRelu".split(
    " ",
  ),
);
const affine: ReadonlySet<string> = new Set(["Add", "Div", "Identity", "Mul", "Neg", "Sub"]);

/**
 * The nodes that make an activation of a tensor, in the order of the graph: the shortest run over single
 * entries, with constants, that is not affine and that leaves one tensor, its last node's, to be read.
 * GELU and SiLU are such runs of several nodes. Empty where there is none.
 */
export function activationOf({ graph, constants }: GraphFacts, y: string): readonly NodeProto[] {
  // An output of the graph has a use that no node takes away: a run that one is inside of never closes.
  const uses = countUses(graph);
  const made = new Set([y]);
  const open = new Map([[y, uses.get(y) ?? 0]]);
  const run: NodeProto[] = [];
  for (const node of graph.node) {
    const reads = readsOf(node);
    if (!reads.some((name) => made.has(name))) continue;
    const isPlain = nonlinear.has(node.opType) || affine.has(node.opType);
    if (!isPlain || !reads.every((name) => !name || made.has(name) || constants.has(name))) break;
    run.push(node);
    for (const name of reads) {
      const left = (open.get(name) ?? 0) - 1;
      if (left > 0) open.set(name, left);
      else open.delete(name);
    }
    const [output] = node.output;
    const isLast = open.size === 0 && run.some(({ opType }) => nonlinear.has(opType));
    if (isLast) return run;
    made.add(output);
    open.set(output, uses.get(output) ?? 0);
  }
  return [];
}
