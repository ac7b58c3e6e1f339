import { DataType } from "../../model/schema.js";
import { inputOf } from "../nodeFacts.js";
import type { ShapeRule } from "../ShapeRule.js";

const length: ShapeRule = () => [{ dataType: DataType.INT64, dims: [] }];

const isThere: ShapeRule = () => [{ dataType: DataType.BOOL, dims: [] }];

/** A tensor that is given is itself; of what an optional holds nothing is known. */
const element: ShapeRule = (context) => [inputOf(context, 0)];

/** Operators on sequences and optionals that give tensors. Those that give other kinds of values have no rule. */
export const sequenceRules: Readonly<Record<string, ShapeRule>> = {
  OptionalGetElement: element,
  OptionalHasElement: isThere,
  SequenceLength: length,
};
