import type { NodeProto } from "@dropoutkit/onnx";

/** Operators that draw noise of the runtime's own, another one at each time. */
const RANDOM: ReadonlySet<string> = new Set([
  "Bernoulli",
  "Dropout",
  "Multinomial",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
]);

/** Whether a node gives the same values when it runs again, and is a single operator. */
export const isRepeatable = ({ opType, attribute }: NodeProto): boolean =>
  !RANDOM.has(opType) && attribute.every(({ g, graphs }) => g === undefined && graphs.length === 0);
