import { isStandardDomain } from "./opsetOf.js";
import type { NodeProto } from "./schema.js";

/** Operators that the runtime computes another result of in each run. `Dropout` may be one too, if it trains. */
export const generators: readonly string[] = [
  "Bernoulli",
  "Multinomial",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
];

/** Whether a node draws. */
export const isGenerator = ({ opType, domain }: Pick<NodeProto, "opType" | "domain">): boolean =>
  isStandardDomain(domain) && generators.includes(opType);
