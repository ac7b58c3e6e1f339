import { type Dim, reduce, unsqueeze } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";

export interface SmoothOptions {
  /** `[batch, classes, ...space]`. */
  readonly logProbabilities: string;
  /** `[batch, ...space]`, of the sizes in `dims`. */
  readonly labels: string;
  readonly dims: readonly Dim[];
  /** `[classes]`. */
  readonly weights: string | undefined;
  /** The mean loss without smoothing. */
  readonly loss: string;
  readonly ignoreIndex: number | undefined;
  readonly labelSmoothing: number;
}

/**
 * (1 - labelSmoothing) · loss + labelSmoothing · mean, where mean is that of the classes' losses, by their
 * weights, over the examples that count: Σ weight · -log p / classes, over the sum of the examples' weights.
 */
export function smoothLabels(
  context: Pick<EmitContext, "builder" | "opset">,
  options: SmoothOptions,
): string {
  const { builder } = context;
  const { logProbabilities, loss, labelSmoothing } = options;
  const number = (value: number): string => builder.scalar("float32", value);
  const { sum, total } = overExamples(context, options, weighted(context, options));
  const mean = builder.op("Neg", [builder.op("Div", [sum, total])]);
  const size = builder.op("Shape", [logProbabilities]);
  const classes = builder.op("Cast", [builder.op("Gather", [size, builder.scalar("int64", 1)])], {
    attributes: { to: FLOAT },
  });
  const spread = builder.op("Div", [number(labelSmoothing), classes]);
  const rest = builder.op("Mul", [loss, number(1 - labelSmoothing)]);
  return builder.op("Add", [rest, builder.op("Mul", [mean, spread])], {
    name: builder.uniqueName("smoothed"),
  });
}

const FLOAT = 1;
type Context = Pick<EmitContext, "builder" | "opset">;

/** The sum over classes of log p, each by its class's weight, `[batch, ...space]`. */
function weighted(context: Context, { logProbabilities, weights, dims }: SmoothOptions): string {
  const each =
    weights === undefined
      ? logProbabilities
      : context.builder.op("Mul", [
          logProbabilities,
          unsqueeze(context, weights, [0, ...dims.slice(1).map((_, axis) => axis + 2)]),
        ]);
  return reduce(context, "ReduceSum", { tensor: each, axes: [1], keep: false });
}

/** The sum over the examples that count, and the sum of their labels' weights. */
function overExamples(
  { builder }: Context,
  { labels, weights, ignoreIndex }: SmoothOptions,
  losses: string,
): { readonly sum: string; readonly total: string } {
  const sumOf = (tensor: string): string =>
    builder.op("ReduceSum", [tensor], { attributes: { keepdims: 0 } });
  const isIgnored =
    ignoreIndex === undefined
      ? undefined
      : builder.op("Equal", [labels, builder.scalar("int64", ignoreIndex)]);
  const counted = (tensor: string, type: "float32" | "int64"): string =>
    isIgnored === undefined
      ? tensor
      : builder.op("Where", [isIgnored, builder.scalar(type, 0), tensor]);
  const own =
    weights === undefined
      ? builder.op("Cast", [builder.op("Equal", [labels, labels])], { attributes: { to: FLOAT } })
      : builder.op("Gather", [weights, counted(labels, "int64")]);
  return { sum: sumOf(counted(losses, "float32")), total: sumOf(counted(own, "float32")) };
}
