import { intAttribute, stringAttribute } from "../../model/attribute.js";
import { inputOf } from "../nodeFacts.js";
import type { ShapeRule } from "../ShapeRule.js";

/** The sequence of states, the last state and the last cell; axes in another order since opset 14, where `layout` is 1. */
const recurrent: ShapeRule = (context) => {
  const { dataType, dims } = inputOf(context, 0);
  const { node } = context;
  const { dims: kernel } = inputOf(context, 2);
  const isBatchFirst = intAttribute(node, "layout", 0) === 1;
  const [time, batch] = isBatchFirst ? [dims?.[1], dims?.[0]] : [dims?.[0], dims?.[1]];
  const directions = stringAttribute(node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const hidden = intAttribute(node, "hidden_size", 0) || kernel?.[2];
  const sequence = isBatchFirst
    ? [batch, time, directions, hidden]
    : [time, directions, batch, hidden];
  const last = {
    dataType,
    dims: isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden],
  };
  return [{ dataType, dims: sequence }, last, last];
};

/** Recurrent layers. */
export const recurrentRules: Readonly<Record<string, ShapeRule>> = {
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
};
