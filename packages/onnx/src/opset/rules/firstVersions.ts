import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  makeAttribute,
  stringAttribute,
} from "../../model/attribute.js";
import { DataType } from "../../model/schema.js";
import type { OpsetRule } from "../OpsetRule.js";
import { attributeAsInput, findAttribute, withoutAttributes, writeNode } from "../writeNode.js";

type Rules = Readonly<Record<number, OpsetRule>>;

const without =
  (...names: readonly string[]): OpsetRule =>
  (node, context) =>
    writeNode(node, context, { attribute: withoutAttributes(node, ...names) });

/** Which inputs a node could write over was a hint to one runtime. */
const consumed: Rules = { 6: without("consumed_inputs") };

/** A default that is more exact since, or that is none any more. */
const written =
  (name: string, value: number | { readonly float: number }): OpsetRule =>
  (node, context) => {
    const isWritten = findAttribute(node, name) !== undefined;
    const added = isWritten ? [] : [makeAttribute(name, value)];
    writeNode(node, context, { attribute: [...node.attribute, ...added] });
  };

const selu: OpsetRule = (node, context) => {
  const attribute = [
    makeAttribute("alpha", { float: floatAttribute(node, "alpha", 1.6732) }),
    makeAttribute("gamma", { float: floatAttribute(node, "gamma", 1.0507) }),
  ];
  writeNode(node, context, { attribute });
};

const cast: OpsetRule = (node, context) => {
  const name = stringAttribute(node, "to", "");
  const to = Object.entries(DataType).find(([key]) => key === name.toUpperCase())?.[1];
  if (typeof to !== "number") throw context.refuse("have an element type", name || "none");
  writeNode(node, context, { attribute: [makeAttribute("to", to)] });
};

const reshape: OpsetRule = (node, context) =>
  writeNode(node, context, {
    input: [node.input[0], attributeAsInput(node, "shape", context)],
    attribute: withoutAttributes(node, "shape", "consumed_inputs"),
  });

const pad: OpsetRule = (node, context) => {
  const pads = makeAttribute("pads", findAttribute(node, "paddings")?.ints ?? []);
  writeNode(node, context, { attribute: [...withoutAttributes(node, "paddings"), pads] });
};

const norm: OpsetRule = (node, context) => {
  const p = floatAttribute(node, "p", 2);
  if (!Number.isInteger(p)) throw context.refuse("have an integer p", `${p}`);
  const attribute = [...withoutAttributes(node, "p"), makeAttribute("p", p)];
  writeNode(node, context, { attribute });
};

/** Sizes could be an input, and the axis had no default. */
const split: OpsetRule = (node, context) => {
  const [x, sizes = ""] = node.input;
  const list = sizes === "" ? intsAttribute(node, "split") : context.constant(sizes);
  if (findAttribute(node, "axis") === undefined) throw context.refuse("have an axis", "none");
  if (sizes !== "" && list === undefined) {
    throw context.refuse("have constant sizes", `${sizes}, which is computed`);
  }
  const given = list === undefined ? [] : [makeAttribute("split", list)];
  const attribute = [...withoutAttributes(node, "split"), ...given];
  writeNode(node, context, { input: [x], attribute });
};

/** One axis was repeated, and all are now. */
const tile: OpsetRule = (node, context) => {
  const [x, tiles, axis] = node.input;
  const [count] = context.constant(tiles) ?? [];
  const [at] = context.constant(axis) ?? [];
  const dims = context.info(x)?.dims;
  if (count === undefined || at === undefined || dims === undefined) {
    throw context.refuse(
      "have constant tiles and axis, and an input of a known rank",
      node.input.join(", "),
    );
  }
  const repeats = context.builder.ints(dims.map((_, i) => (i === at ? count : 1)));
  writeNode(node, context, { input: [x, repeats] });
};

const upsample: OpsetRule = (node, context) => {
  const [height, width] = ["height_scale", "width_scale"].map((name) =>
    floatAttribute(node, name, 1),
  );
  const mode = stringAttribute(node, "mode", "nearest");
  const attribute = [
    makeAttribute("mode", mode === "bilinear" ? "linear" : mode),
    makeAttribute("scales", { floats: [1, 1, height, width] }),
  ];
  writeNode(node, context, { attribute });
};

/** Whether a node drops, or uses the statistics of its batch, was an attribute that said no where it was left out. */
const inference: OpsetRule = (node, context) => {
  if (intAttribute(node, "is_test", 0) === 0) {
    throw context.refuse("be for inference", "is_test 0");
  }
  writeNode(node, context, { attribute: withoutAttributes(node, "is_test") });
};

/** The first of its name had attributes of its own. */
const experimental: OpsetRule = (_, { refuse }) => {
  throw refuse("be of opset 9 or later", "the experimental one");
};

const recurrent = { 7: without("output_sequence") };

const consuming =
  "Abs Add BatchNormalization Ceil Clip Div Dropout Elu Exp Floor HardSigmoid InstanceNormalization " +
  "LeakyRelu Log Max Mean Min Mul Neg PRelu Reciprocal Relu Sigmoid Sqrt Sub Sum Tanh";

/** What changed before version 7; how two tensors were broadcast is in a file of its own. */
export const firstRules: Readonly<Record<string, Rules>> = {
  ...Object.fromEntries(consuming.split(" ").map((name) => [name, consumed])),
  BatchNormalization: { ...consumed, 7: inference },
  Cast: { 6: cast },
  Concat: { 4: written("axis", 1) },
  Dropout: { ...consumed, 7: inference },
  GRU: recurrent,
  GlobalLpPool: { 2: norm },
  LSTM: recurrent,
  LpPool: { 2: norm },
  MeanVarianceNormalization: { 9: experimental },
  Pad: { 2: pad },
  RNN: recurrent,
  Reshape: { 5: reshape },
  Selu: { 6: selu },
  Split: { 2: split },
  Tile: { 6: tile },
  Upsample: { 7: upsample },
};
