import type { NodeProto } from "@dropoutkit/onnx/graph";
import { RANDOM_OPERATORS } from "../backward/randomOperators.js";

/** Whether a node gives the same values when it runs again, and is a single operator. */
export const isRepeatable = ({ opType, attribute }: NodeProto): boolean =>
  !RANDOM_OPERATORS.has(opType) &&
  attribute.every(({ g, graphs }) => g === undefined && graphs.length === 0);
