import { GraphBuilder } from "../emit/GraphBuilder.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import { renameOutput, rewire } from "../model/rewire.js";
import type { GraphProto } from "../model/schema.js";

export interface BypassOptions {
  /** The graph that makes `output`, opened. */
  readonly graph: GraphProto;
  readonly x: string;
  readonly output: string;
}

/**
 * Makes the readers of `output` read `x`, in place, and returns what `output` is called then. An output
 * of the graph keeps its name, so there `x` takes it, or a copy of `x` where that has to keep its own name.
 */
export function bypass(model: OnnxModel, { graph, x, output }: BypassOptions): string {
  const isOutput = graph.output.some(({ name }) => name === output);
  if (!isOutput) {
    graph.node = rewire(graph.node, output, x);
    return output;
  }
  const builder = new GraphBuilder(output, model.graph);
  const noisy = builder.uniqueName("noisy");
  const others = renameOutput(graph.node, output, noisy);
  const isMade = graph.node.some((maker) => maker.output.includes(x));
  if (isMade && graph.output.every(({ name }) => name !== x)) {
    graph.node = rewire(renameOutput(others, x, output), x, output);
  } else {
    builder.op("Identity", [x], { outputs: [output] });
    const at = others.findIndex((maker) => maker.output.includes(noisy));
    graph.node = [...others.slice(0, at), ...builder.nodes, ...others.slice(at)];
  }
  return noisy;
}
