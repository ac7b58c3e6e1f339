import { floatAttribute, type NodeProto } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";
import { arithmetic } from "../gradients/emit/arithmetic.js";

export interface MovingAverage {
  /** The normalisation, for its momentum and its running statistic. */
  readonly node: NodeProto;
  /** The place of the running statistic among its inputs. */
  readonly place: number;
  /** The average so far. */
  readonly running: string;
  /** The batch's own statistic. */
  readonly batch: string;
}

/** `momentum · running + (1 - momentum) · batch`. */
export function movingAverage(
  context: EmitContext,
  { node, place, running, batch }: MovingAverage,
): string {
  const momentum = floatAttribute(node, "momentum", 0.9);
  const { add, mul } = arithmetic(context, node.input[place]);
  return add(mul(running, momentum), mul(batch, 1 - momentum));
}
