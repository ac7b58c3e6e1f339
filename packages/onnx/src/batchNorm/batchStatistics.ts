import { intAttribute } from "../model/attribute.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { NodeProto } from "../model/schema.js";

/** Whether a node is the standard operator. */
export const isBatchNorm = ({ domain, opType }: NodeProto): boolean =>
  opType === "BatchNormalization" && isStandardDomain(domain);

/**
 * Whether a node is a BatchNormalization that normalises by its batch: until opset 6 it did unless
 * `is_test` said otherwise, from 7 to 13 if it had more outputs than one, and since 14 by `training_mode`.
 */
export function usesBatchStatistics(node: NodeProto, opset: number): boolean {
  if (!isBatchNorm(node)) return false;
  if (opset < 7) return intAttribute(node, "is_test", 0) === 0;
  if (opset >= 14) return intAttribute(node, "training_mode", 0) !== 0;
  return node.output.slice(1).some((name) => name !== "");
}
