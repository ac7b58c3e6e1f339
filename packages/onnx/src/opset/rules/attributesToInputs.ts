import { makeAttribute } from "../../model/attribute.js";
import type { OpsetRule } from "../OpsetRule.js";
import {
  asTypeOf,
  attributeAsInput,
  findAttribute,
  withoutAttributes,
  writeNode,
} from "../writeNode.js";

/** Attributes that become inputs, in order, behind those that the node has. */
const toInputs =
  (...names: readonly string[]): OpsetRule =>
  (node, context) =>
    writeNode(node, context, {
      input: [...node.input, ...names.map((name) => attributeAsInput(node, name, context))],
      attribute: withoutAttributes(node, ...names),
    });

/** Both bounds became inputs of the values' type. */
const clip: OpsetRule = (node, context) => {
  const [x] = node.input;
  const bounds = ["min", "max"].map((name) =>
    asTypeOf(attributeAsInput(node, name, context), x, context),
  );
  writeNode(node, context, {
    input: [x, ...bounds],
    attribute: withoutAttributes(node, "min", "max"),
  });
};

const pad: OpsetRule = (node, context) => {
  const [x] = node.input;
  const pads = attributeAsInput(node, "pads", context);
  const fill = findAttribute(node, "value");
  const isZero = fill === undefined || (fill.f === 0 && fill.refAttrName === "");
  const value = isZero ? "" : asTypeOf(attributeAsInput(node, "value", context), x, context);
  writeNode(node, context, {
    input: [x, pads, value],
    attribute: withoutAttributes(node, "pads", "value"),
  });
};

/** A list of one, which no scalar attribute of a function can become. */
const topK: OpsetRule = (node, context) => {
  const k = findAttribute(node, "k");
  if (k === undefined || k.refAttrName !== "") {
    throw context.refuse(
      "have a constant attribute k",
      k === undefined ? "none" : `the function's ${k.refAttrName}`,
    );
  }
  const input = [node.input[0], context.builder.ints([k.i])];
  writeNode(node, context, { input, attribute: withoutAttributes(node, "k") });
};

/** The axis was 1 by default, and is -2 now. */
const dft: OpsetRule = (node, context) => {
  const axis = attributeAsInput(node, "axis", context) || context.builder.scalar("int64", 1);
  const [x, length = ""] = node.input;
  writeNode(node, context, {
    input: [x, length, axis],
    attribute: withoutAttributes(node, "axis"),
  });
};

/** Equal parts need their number where their sizes are not given. */
const splitCount: OpsetRule = (node, context) => {
  const isGiven = Boolean(node.input[1]);
  const count = makeAttribute("num_outputs", node.output.length);
  writeNode(node, context, { attribute: isGiven ? node.attribute : [...node.attribute, count] });
};

/** The mask had the values' type, and is boolean now. */
const boolMask: OpsetRule = (node, context) => {
  const [output, mask] = node.output;
  const { builder, info, isRead, refuse } = context;
  if (!mask || !isRead(mask)) {
    writeNode(node, context, { output: [output] });
    return;
  }
  const dataType = info(node.input[0])?.dataType;
  if (dataType === undefined) throw refuse("read a tensor of a known type", node.input[0]);
  const kept = builder.uniqueName(`${mask}/bool`);
  writeNode(node, context, { output: [output, kept] });
  builder.op("Cast", [kept], { attributes: { to: dataType }, outputs: [mask] });
};

const reduce = { 18: toInputs("axes") };

/** What was an attribute, and became an input. */
export const inputRules: Readonly<Record<string, Readonly<Record<number, OpsetRule>>>> = {
  Clip: { 11: clip },
  DFT: { 20: dft },
  Dropout: { 10: boolMask, 12: toInputs("ratio") },
  Pad: { 11: pad },
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: { 13: toInputs("axes") },
  ReduceSumSquare: reduce,
  Slice: { 10: toInputs("starts", "ends", "axes") },
  Split: { 13: toInputs("split"), 18: splitCount },
  Squeeze: { 13: toInputs("axes") },
  TopK: { 10: topK },
  Unsqueeze: { 13: toInputs("axes") },
};
