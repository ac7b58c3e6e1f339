import { copyMessage } from "../model/copyModel.js";
import type { GraphProto, TensorProto } from "../model/schema.js";
import { constantTensor } from "./constantTensor.js";

/** The constants that a graph holds, under the names by which nodes read them: its initializers, then the tensors of its `Constant` nodes. Data is shared. */
export const constantTensors = ({
  initializer,
  node,
}: Pick<GraphProto, "initializer" | "node">): TensorProto[] => [
  ...initializer,
  ...node.flatMap((item) => {
    const tensor = constantTensor(item);
    return tensor === undefined ? [] : [copyMessage(tensor, { name: item.output[0] })];
  }),
];
