import { nodeName } from "../../labels/nodeName.js";
import { intAttribute, makeAttribute } from "../../model/attribute.js";
import type { OpsetRule } from "../OpsetRule.js";
import { findAttribute, withoutAttributes, writeNode } from "../writeNode.js";

/**
 * Until opset 12 these worked on all axes from `axis` (by default 1) on as one; since 13 on one axis, by
 * default the last. Where all others behind are 1 that is the same; else they become one before.
 */
const softmax: OpsetRule = (node, context) => {
  const { builder, info } = context;
  const axis = intAttribute(node, "axis", 1);
  const dims = info(node.input[0])?.dims;
  const isParameter = findAttribute(node, "axis")?.refAttrName;
  const behind = dims?.slice(axis < 0 ? axis + dims.length + 1 : axis + 1);
  const isOne = axis === -1 || behind?.every((dim) => dim === 1);
  const others = withoutAttributes(node, "axis");
  if (isOne && !isParameter) {
    writeNode(node, context, { attribute: [...others, makeAttribute("axis", axis)] });
    return;
  }
  const [x] = node.input;
  const name = nodeName(node);
  const flat = builder.op("Flatten", [x], { name: builder.uniqueName(`${name}/Flatten`) });
  builder.nodes.at(-1)?.attribute.push(...node.attribute);
  const made = builder.uniqueName(`${name}/flat`);
  writeNode(node, context, {
    input: [flat],
    output: [made],
    attribute: [...others, makeAttribute("axis", -1)],
  });
  const shape = builder.op("Shape", [x], { name: builder.uniqueName(`${name}/Shape`) });
  builder.op("Reshape", [made, shape], {
    name: builder.uniqueName(`${name}/Reshape`),
    outputs: [node.output[0]],
  });
};

/** Operators over an axis. */
export const softmaxRules: Readonly<Record<string, Readonly<Record<number, OpsetRule>>>> = {
  Hardmax: { 13: softmax },
  LogSoftmax: { 13: softmax },
  Softmax: { 13: softmax },
};
