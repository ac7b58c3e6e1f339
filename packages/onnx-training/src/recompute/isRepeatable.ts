import type { NodeProto } from "@dropoutkit/onnx/graph";
import { isRandom } from "../backward/isRandom.js";

/** Whether a node gives the same values when it runs again, and is a single operator. */
export const isRepeatable = (node: NodeProto): boolean =>
  !isRandom(node) &&
  node.attribute.every(({ g, graphs }) => g === undefined && graphs.length === 0);
