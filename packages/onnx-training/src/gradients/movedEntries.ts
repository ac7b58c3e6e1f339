import { nodeLabel } from "@dropoutkit/onnx/graph";
import { tooOld } from "../backward/tooOld.js";
import { positionsIn } from "./emit/positionsIn.js";
import { scatter, scatterSum } from "./emit/scatterSum.js";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/**
 * The gradient of any operator that only moves entries of its first input: the operator's own node, run
 * on the places of the entries, says where each came from.
 * @throws {Error} Before opset 11, which brought Range.
 */
const movedBack = (context: GradientContext, put: typeof scatter): string => {
  const { builder, node, opset } = context;
  if (opset < 11) {
    throw tooOld(
      `gradient: ${nodeLabel(node)} must be of opset 11 or later to be derived here, got opset ${opset}`,
    );
  }
  const [x, ...rest] = node.input;
  const copied = builder.op(node.opType, [positionsIn(context, x), ...rest]);
  builder.nodes[builder.nodes.length - 1].attribute.push(...node.attribute);
  return put(context, { like: x, positions: copied, values: outputGradient(context) });
};

/** The gradient where an entry may come to several places. */
export const gradientOfRepeated = (context: GradientContext): string =>
  movedBack(context, scatterSum);

/** The gradient where no entry comes to two places. */
export const gradientOfMoved = (context: GradientContext): string => movedBack(context, scatter);

/** Y = entries of X, named by indices, which may repeat: GatherElements, GatherND. */
export const gathered: GradientRule = (context) => [gradientOfRepeated(context)];

/** Y = entries of X, each once at most: Compress. */
export const picked: GradientRule = (context) => [gradientOfMoved(context)];
