import { intAttribute } from "../../attribute.js";
import type { OpsetRule } from "../OpsetRule.js";
import { withoutAttributes, writeNode } from "../writeNode.js";

/** Statistics an entry, and not a channel, are gone. */
const spatial: OpsetRule = (node, context) => {
  if (intAttribute(node, "spatial", 1) !== 1) {
    throw context.refuse("have statistics of channels", "spatial 0");
  }
  writeNode(node, context, { attribute: withoutAttributes(node, "spatial") });
};

/** More outputs meant training, with other outputs than it has now. */
const training: OpsetRule = (node, context) => {
  const [output, ...statistics] = node.output;
  const wanted = statistics.filter((name) => name !== "");
  if (wanted.length > 0) throw context.refuse("be for inference", `outputs ${wanted.join(", ")}`);
  writeNode(node, context, { output: [output] });
};

/** Scale and bias were given for groups, and are given for channels now. */
const groups: OpsetRule = (node, context) => {
  const { builder } = context;
  const [x, ...weights] = node.input;
  const count = builder.ints([intAttribute(node, "num_groups", 1)]);
  const prefix = node.name || node.output[0];
  const op = (opType: string, inputs: string[], attributes = {}): string =>
    builder.op(opType, inputs, { attributes, name: builder.uniqueName(`${prefix}/${opType}`) });
  const channels = op("Shape", [x], { start: 1, end: 2 });
  const sizes = op("Concat", [count, op("Div", [channels, count])], { axis: 0 });
  const spread = weights.map((weight) => {
    const rows = op("Expand", [op("Unsqueeze", [weight, builder.ints([1])]), sizes]);
    return op("Reshape", [rows, builder.ints([-1])]);
  });
  writeNode(node, context, { input: [x, ...spread] });
};

/** Normalizations. */
export const normalizationRules: Readonly<Record<string, Readonly<Record<number, OpsetRule>>>> = {
  BatchNormalization: { 9: spatial, 14: training },
  GroupNormalization: { 21: groups },
};
