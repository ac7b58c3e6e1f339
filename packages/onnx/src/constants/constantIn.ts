import type { GraphProto } from "../model/schema.js";
import { constantTensors } from "./constantTensors.js";
import { elementsOf } from "./elementsOf.js";

/** The elements of a constant among some nodes and initializers, whatever is around them; undefined for other tensors. */
export function constantIn(
  part: Pick<GraphProto, "initializer" | "node">,
  name: string,
): readonly number[] | undefined {
  const found = constantTensors(part).find((tensor) => tensor.name === name);
  return found && elementsOf(found);
}
