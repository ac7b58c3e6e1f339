import type { Update } from "./Optimizer.js";

/** A tensor of the update, or a number. */
type Operand = string | number;

/** The operations of an update, each a node; numbers are float32 constants. */
export interface UpdateOps {
  add(a: Operand, b: Operand): string;
  sub(a: Operand, b: Operand): string;
  mul(a: Operand, b: Operand): string;
  div(a: Operand, b: Operand): string;
  sqrt(x: string): string;
}

export function updateOps({ builder }: Pick<Update, "builder">): UpdateOps {
  const tensor = (operand: Operand): string =>
    typeof operand === "number" ? builder.scalar("float32", operand) : operand;
  const binary = (opType: string) => (a: Operand, b: Operand) =>
    builder.op(opType, [tensor(a), tensor(b)]);
  return {
    add: binary("Add"),
    sub: binary("Sub"),
    mul: binary("Mul"),
    div: binary("Div"),
    sqrt: (x) => builder.op("Sqrt", [x]),
  };
}
