import type { NodeProto } from "../model/schema.js";

/** The tensor that formulas read of a site's field: in a loop with fed noise the iteration's row of it, else the field itself. */
export const fieldTensor = (nodes: readonly NodeProto[], field: string): string =>
  nodes.find(({ opType, input }) => opType === "Gather" && input[0] === field)?.output[0] ?? field;
