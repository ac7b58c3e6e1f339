import { nodeName } from "../../labels/nodeName.js";
import { intAttribute, makeAttribute } from "../../model/attribute.js";
import type { OpsetRule } from "../OpsetRule.js";
import { withoutAttributes, writeNode } from "../writeNode.js";

/** Statistics an entry, and not a channel, are gone. */
const spatial: OpsetRule = (node, context) => {
  if (intAttribute(node, "spatial", 1) !== 1) {
    throw context.refuse("have statistics of channels", "spatial 0");
  }
  writeNode(node, context, { attribute: withoutAttributes(node, "spatial") });
};

/**
 * More outputs meant training, which is an attribute now. The moved mean and variance are still there, what
 * was saved for a gradient is not. Runtimes want all three outputs, also where nothing reads them.
 */
const training: OpsetRule = (node, context) => {
  const { builder, isRead, refuse } = context;
  const [output, mean = "", variance = "", ...saved] = node.output;
  if (node.output.every((name, i) => i === 0 || name === "")) {
    writeNode(node, context, { output: [output] });
    return;
  }
  const read = saved.filter((name) => name !== "" && isRead(name));
  if (read.length > 0) throw refuse("have its saved statistics unread", read.join(", "));
  const named = (name: string, what: string): string =>
    name || builder.uniqueName(`${output}/${what}`);
  writeNode(node, context, {
    output: [output, named(mean, "mean"), named(variance, "variance")],
    attribute: [...node.attribute, makeAttribute("training_mode", 1)],
  });
};

/** Scale and bias were given for groups, and are given for channels now. */
const groups: OpsetRule = (node, context) => {
  const { builder } = context;
  const [x, ...weights] = node.input;
  const count = builder.ints([intAttribute(node, "num_groups", 1)]);
  const prefix = nodeName(node);
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
