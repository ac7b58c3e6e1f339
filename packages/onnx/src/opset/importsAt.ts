import { copyMessage } from "../model/copyModel.js";
import { isStandardDomain } from "../model/opsetOf.js";
import type { OperatorSetIdProto } from "../model/schema.js";

/** A list of versions in which the standard operators have another. */
export const importsAt = (
  imports: readonly OperatorSetIdProto[],
  version: number,
): OperatorSetIdProto[] =>
  imports.map((item) =>
    isStandardDomain(item.domain) ? copyMessage(item, { version: BigInt(version) }) : item,
  );
