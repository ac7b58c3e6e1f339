import { floatAttribute, intAttribute } from "../model/attribute.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";
import { constantFill } from "./constantFill.js";
import type { InspectedGraph } from "./InspectedGraph.js";

/** True for the ONNX operator of any opset. */
export const isDropout = ({ opType, domain }: NodeProto): boolean =>
  opType === "Dropout" && isStandardDomain(domain);

/** What a `Dropout` node says of itself. */
export interface DropoutNode {
  /** Drop probability; undefined where it is computed or fed when the model runs. */
  readonly rate: number | undefined;
  /** Whether it drops; undefined where that is computed or fed. */
  readonly training: boolean | undefined;
}

/**
 * Reads a `Dropout`: until opset 6 it dropped unless `is_test` said otherwise, from 7 to 11 it never
 * did, and since 12 it does if its third input is true. The rate was an attribute until opset 11.
 */
export function readDropout(opset: number, scoped: InspectedGraph, node: NodeProto): DropoutNode {
  const [, ratio, mode] = node.input;
  const rate = ratio ? constantFill(scoped, ratio) : floatAttribute(node, "ratio", 0.5);
  if (opset < 7) return { rate, training: intAttribute(node, "is_test", 0) === 0 };
  if (opset < 12 || !mode) return { rate, training: false };
  const training = constantFill(scoped, mode);
  return { rate, training: training === undefined ? undefined : training !== 0 };
}
