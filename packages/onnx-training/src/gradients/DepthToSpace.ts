import { intAttribute, stringAttribute } from "@dropoutkit/onnx/graph";
import { reshapeLike } from "./emit/reshapeLike.js";
import { type GradientRule, outputGradient } from "./GradientRule.js";

/** Channels as blocks of space: `[batch, block² · channels, height, width]` to `[batch, channels, block · height, block · width]`. */
export const DepthToSpace: GradientRule = (context) => {
  const { builder, node, info } = context;
  const [x] = node.input;
  const blocksize = intAttribute(node, "blocksize", 1);
  const deep = builder.op("SpaceToDepth", [outputGradient(context)], { attributes: { blocksize } });
  if (stringAttribute(node, "mode", "DCR") === "DCR") return [deep];
  // There the channel comes before the place in the block.
  const [, depth, height, width] = info(x).dims;
  const channels = typeof depth === "number" ? depth / blocksize ** 2 : -1;
  const isKnown = typeof height === "number" && typeof width === "number";
  const space = isKnown ? height * width : channels === -1 ? undefined : -1;
  if (space === undefined) {
    throw new Error(`gradient: tensor ${x} must have a known number of channels, got ${depth}`);
  }
  const target = builder.ints([0, blocksize ** 2, channels, space]);
  const apart = builder.op("Reshape", [deep, target]);
  const turned = builder.op("Transpose", [apart], { attributes: { perm: [0, 2, 1, 3] } });
  return [reshapeLike(context, turned, x)];
};

/** Blocks of space as channels, the place in the block before the channel. */
export const SpaceToDepth: GradientRule = (context) => {
  const { builder, node } = context;
  const attributes = { blocksize: intAttribute(node, "blocksize", 1) };
  return [builder.op("DepthToSpace", [outputGradient(context)], { attributes })];
};
