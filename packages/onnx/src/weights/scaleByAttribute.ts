import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { floatAttribute } from "../model/attribute.js";
import type { NodeProto } from "../model/schema.js";
import { tensorTypeOf } from "../model/tensorType.js";

/** A tensor by one of a node's attributes, `alpha` or `beta` of a Gemm; itself where that is 1. */
export function scaleByAttribute(
  builder: GraphBuilder,
  tensor: string,
  {
    node,
    attribute,
    dataType,
  }: { readonly node: NodeProto; readonly attribute: "alpha" | "beta"; readonly dataType: number },
): string {
  const factor = floatAttribute(node, attribute, 1);
  if (factor === 1) return tensor;
  const type = tensorTypeOf(dataType);
  const constant = builder.scalar(type ?? "float32", factor);
  const isHalf = type === undefined;
  const cast = isHalf ? builder.op("Cast", [constant], { attributes: { to: dataType } }) : constant;
  return builder.op("Mul", [tensor, cast]);
}
