import { intAttribute, type NodeProto, reduce, unsqueeze } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../EmitContext.js";

/** How values of channels, `[channels]`, lie in a tensor `[batch, channels, ...space]`. */
export interface Channels {
  /** All axes but the channels'. */
  readonly axes: readonly number[];
  /** With an axis of size 1 for each of space, so that it broadcasts. */
  spread(tensor: string): string;
  /** Sums over all but the channels. */
  sum(tensor: string): string;
  /** Averages over all but the channels. */
  mean(tensor: string): string;
}

/**
 * The channels of a node's first input. A tensor of one axis is one channel, and `spatial` 0 (until
 * opset 8) makes a channel of every entry of an example.
 */
export function channelsOf(
  context: Pick<EmitContext, "builder" | "opset" | "info">,
  node: NodeProto,
): Channels {
  const rank = context.info(node.input[0]).dims.length;
  const isSpatial = intAttribute(node, "spatial", 1) === 1;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes = isSpatial ? all.filter((axis) => axis !== 1) : [0];
  const space = isSpatial ? all.slice(1, -1) : [];
  const options = { axes, keep: rank === 1 };
  return {
    axes,
    spread: (tensor) => unsqueeze(context, tensor, space),
    sum: (tensor) => reduce(context, "ReduceSum", { tensor, ...options }),
    mean: (tensor) => {
      // The inner axes one after the other: a single reduction adds number to number, and is off by 4e-6 for
      // 6,000 squares, where this is by 1e-7.
      const partial = axes
        .slice(1)
        .reduceRight(
          (part, axis) => reduce(context, "ReduceMean", { tensor: part, axes: [axis] }),
          tensor,
        );
      return reduce(context, "ReduceMean", { tensor: partial, ...options });
    },
  };
}
