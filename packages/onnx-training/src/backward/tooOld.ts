import { OldOpsetError } from "@dropoutkit/onnx/graph";

/** The version from which on every rule, loss and optimizer has the operators that it writes. */
const NEW_ENOUGH = 18;

/** The error of a model that is too old for what is said. */
export const tooOld = (fact: string): OldOpsetError => new OldOpsetError(fact, NEW_ENOUGH);
