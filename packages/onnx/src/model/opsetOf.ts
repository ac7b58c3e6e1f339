import type { ModelProto } from "./schema.js";

/** True for the domain of the standard operators, which has two names. */
export const isStandardDomain = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** Version of the standard operators that a model, or a function in it, uses. */
export function opsetOf({ opsetImport }: Pick<ModelProto, "opsetImport">): number {
  return Number(opsetImport.find(({ domain }) => isStandardDomain(domain))?.version ?? 0);
}
