import { intAttribute } from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import { inputOf } from "../nodeFacts.js";
import type { ShapeRule } from "../ShapeRule.js";

/** Of the zero point's type, or the type that is named; uint8 where there is neither. */
const quantize: ShapeRule = (context) => {
  const named = intAttribute(context.node, "output_dtype", 0);
  const dataType = context.node.input[2] ? inputOf(context, 2).dataType : named || DataType.UINT8;
  return [{ dataType, dims: inputOf(context, 0).dims }];
};

const dequantize: ShapeRule = (context) => {
  const named = intAttribute(context.node, "output_dtype", 0);
  return [{ dataType: named || inputOf(context, 1).dataType, dims: inputOf(context, 0).dims }];
};

const dynamicQuantize: ShapeRule = (context) => [
  { dataType: DataType.UINT8, dims: inputOf(context, 0).dims },
  { dataType: DataType.FLOAT, dims: [] },
  { dataType: DataType.UINT8, dims: [] },
];

/** Operators between floats and their quantised form. */
export const quantizationRules: Readonly<Record<string, ShapeRule>> = {
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamicQuantize,
  QuantizeLinear: quantize,
};
