import { makeAttribute, stringAttribute } from "../../model/attribute.js";
import { makeTensor } from "../../model/tensor.js";
import type { OpsetRule } from "../OpsetRule.js";
import { attributeAsInput, withoutAttributes, writeNode } from "../writeNode.js";

const upsampleScales: OpsetRule = (node, context) =>
  writeNode(node, context, {
    input: [node.input[0], attributeAsInput(node, "scales", context)],
    attribute: withoutAttributes(node, "scales"),
  });

const upsampleToResize: OpsetRule = (node, context) =>
  writeNode(node, context, { opType: "Resize" });

/**
 * The first Resize took places by their corner, and of the nearest values the one before when it
 * enlarged, the one behind when it shrank; which it does must be known.
 */
const resizeModes: OpsetRule = (node, context) => {
  const { builder, constant, refuse } = context;
  const [x, scales] = node.input;
  const attribute = [
    ...node.attribute,
    makeAttribute("coordinate_transformation_mode", "asymmetric"),
  ];
  if (stringAttribute(node, "mode", "nearest") === "nearest") {
    const values = constant(scales);
    const shrinks = values?.some((scale) => scale < 1) ?? false;
    if (values === undefined || (shrinks && values.some((scale) => scale > 1))) {
      throw refuse(
        "have constant scales that all enlarge or all shrink",
        values === undefined ? `${scales}, which is computed` : values.join(", "),
      );
    }
    attribute.push(makeAttribute("nearest_mode", shrinks ? "ceil" : "floor"));
  }
  const name = builder.uniqueName("float32_[]");
  const roi = builder.constant(
    makeTensor({ name, type: "float32", dims: [0], data: new Float32Array(0) }),
  );
  writeNode(node, context, { input: [x, roi, scales], attribute });
};

/** Of scales and sizes one was given as an empty list, and is left out now; so is an empty region. */
const leaveOutEmpty: OpsetRule = (node, context) => {
  const isEmpty = (name: string): boolean => context.info(name)?.dims[0] === 0;
  const [x, ...lists] = node.input;
  writeNode(node, context, { input: [x, ...lists.map((name) => (isEmpty(name) ? "" : name))] });
};

const gridModes: Readonly<Record<string, string | undefined>> = {
  bilinear: "linear",
  bicubic: "cubic",
};

const gridMode: OpsetRule = (node, context) => {
  const mode = stringAttribute(node, "mode", "bilinear");
  const renamed = makeAttribute("mode", gridModes[mode] ?? mode);
  writeNode(node, context, { attribute: [...withoutAttributes(node, "mode"), renamed] });
};

/** What became the default moves regions by half a value. */
const roiMode: OpsetRule = (node, context) => {
  const mode = makeAttribute("coordinate_transformation_mode", "output_half_pixel");
  writeNode(node, context, { attribute: [...node.attribute, mode] });
};

/** Operators on images. */
export const imageRules: Readonly<Record<string, Readonly<Record<number, OpsetRule>>>> = {
  GridSample: { 20: gridMode },
  Resize: { 11: resizeModes, 13: leaveOutEmpty },
  RoiAlign: { 16: roiMode },
  Upsample: { 9: upsampleScales, 10: upsampleToResize },
};
