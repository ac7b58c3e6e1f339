import type { NodeProto } from "../model/schema.js";

/** A node as error messages call it: its operator with its name, else with what it makes. */
export const nodeLabel = ({ name, opType, output }: NodeProto): string => {
  const made = output.find((tensor) => tensor !== "") ?? "nothing";
  return name === "" ? `${opType} of ${made}` : `${opType} ${name}`;
};
