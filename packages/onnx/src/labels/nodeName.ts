import type { NodeProto } from "../model/schema.js";

/** What a node is called: its name, else its first output's. */
export const nodeName = ({ name, output, opType }: NodeProto): string =>
  name || output.find((tensor) => tensor !== "") || opType;
