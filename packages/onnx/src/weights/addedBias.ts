import { countUses, readsOf } from "../model/rewire.js";
import type { NodeProto } from "../model/schema.js";
import type { GraphFacts } from "./graphFacts.js";
import { asStored } from "./layout.js";
import type { Weight } from "./Weight.js";

/**
 * The bias of a MatMul: a constant of one entry for each unit, if the product is read by one Add alone,
 * and the constant by that Add alone.
 */
export function addedBias(
  { graph, infos, constants }: GraphFacts,
  { output: [y] }: NodeProto,
  kernel: Weight,
): Weight | undefined {
  const uses = countUses(graph);
  const reader = graph.node.find((node) => readsOf(node).includes(y));
  if (uses.get(y) !== 1 || reader?.opType !== "Add") return undefined;
  const input = reader.input[0] === y ? 1 : 0;
  const tensor = reader.input[input];
  const info = infos.get(tensor);
  if (!constants.has(tensor) || uses.get(tensor) !== 1 || info === undefined) return undefined;
  const { dims } = kernel.info;
  // Units are columns of the product where the kernel stands on its right, rows on its left.
  const fromEnd = kernel.input === 1 ? 1 : 2;
  const units = dims[dims.length - fromEnd];
  const rank = infos.get(y)?.dims.length ?? info.dims.length;
  const isBias =
    info.dims.length >= fromEnd &&
    info.dims.length <= rank &&
    info.dims.every((size, axis) => size === (axis === info.dims.length - fromEnd ? units : 1));
  return isBias ? { tensor, info, layout: asStored(info.dims.length), reader, input } : undefined;
}
