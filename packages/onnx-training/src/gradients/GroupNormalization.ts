import { floatAttribute, intAttribute, reduce, unsqueeze } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { channelsOf } from "./emit/channels.js";
import { reshapeLike } from "./emit/reshapeLike.js";
import { standardise, standardisedGradient } from "./emit/standardise.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/** How scale and bias lie in the values: of groups until opset 20, of channels since. */
interface Weights {
  /** The gradient with respect to the output, in the shape that scale is spread to. */
  readonly dy: string;
  readonly normal: string;
  spread(scale: string): string;
  sum(tensor: string): string;
  /** From that shape to `[batch, groups, entries]`. */
  grouped(tensor: string): string;
}

/**
 * Y = scale · (X - mean) / sqrt(variance + epsilon) + bias, over a group of channels of each example.
 * @see Wu and He 2018, "Group Normalization", section 3 (arXiv:1803.08494).
 */
export const GroupNormalization: GradientRule = serving([0, 1, 2], (context) => {
  const { needs, node } = context;
  const [x, scale] = node.input;
  const { mul } = arithmetic(context, x);
  const epsilon = floatAttribute(node, "epsilon", 1e-5);
  const options = { tensor: groupsOf(context, x), like: x, axes: [2], epsilon };
  const standard = standardise(context, options);
  const { dy, normal, spread, sum, grouped } = weightsOf(context, standard.normal);
  const byX = (): string => {
    const gradient = grouped(mul(dy, spread(scale)));
    const byGroups = standardisedGradient(context, { ...options, ...standard, gradient });
    return reshapeLike(context, byGroups, x);
  };
  const rules = [byX, () => sum(mul(dy, normal)), () => sum(dy)];
  return rules.map((rule, i) => (needs(i) ? rule() : undefined));
});

function weightsOf(context: GradientContext, normal: string): Weights {
  const { node, opset } = context;
  const [x] = node.input;
  const dy = outputGradient(context);
  if (opset >= 21) {
    const own = reshapeLike(context, normal, x);
    return {
      ...channelsOf(context, node),
      dy,
      normal: own,
      grouped: (tensor) => groupsOf(context, tensor),
    };
  }
  return {
    dy: groupsOf(context, dy),
    normal,
    spread: (scale) => unsqueeze(context, scale, [1]),
    sum: (tensor) => reduce(context, "ReduceSum", { tensor, axes: [0, 2], keep: false }),
    grouped: (tensor) => tensor,
  };
}

/** A tensor of the node's shape as `[batch, groups, entries]`. */
function groupsOf({ builder, node, info }: GradientContext, tensor: string): string {
  const groups = intAttribute(node, "num_groups", 1);
  const { dims } = info(node.input[0]);
  const entries = dims.slice(1).reduce<number>((product, size) => product * Number(size), 1);
  // 0 keeps the batch; -1 cannot stand beside it where there are no entries.
  const shape = [0, groups, Number.isNaN(entries) ? -1 : entries / groups];
  return builder.op("Reshape", [tensor, builder.ints(shape)]);
}
