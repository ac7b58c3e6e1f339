import type { NodeProto } from "./schema.js";

/** A node as error messages call it: its operator with its name, else with what it makes. */
export const nodeLabel = ({ name, opType, output: [made = "nothing"] }: NodeProto): string =>
  name === "" ? `${opType} of ${made}` : `${opType} ${name}`;
