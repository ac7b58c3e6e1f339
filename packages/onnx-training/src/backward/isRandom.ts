import { isGenerator, isStandardDomain, type NodeProto } from "@dropoutkit/onnx/graph";

/** Whether a node may compute another result in each run: by a generator, or by the runtime's own dropout. */
export const isRandom = (node: NodeProto): boolean =>
  isGenerator(node) || (node.opType === "Dropout" && isStandardDomain(node.domain));
