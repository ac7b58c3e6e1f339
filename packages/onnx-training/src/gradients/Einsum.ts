import { type Dim, einsumTerms, nodeLabel, stringAttribute } from "@dropoutkit/onnx/graph";
import { filledLike } from "./emit/filledLike.js";
import { identityMatrix } from "./emit/identityMatrix.js";
import { reduceFrom } from "./emit/reduceTo.js";
import { scalarLike } from "./emit/scalarLike.js";
import { sizeAt } from "./emit/sizeAt.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/** A factor of a sum of products: a label and a size for each axis. */
interface Factor {
  readonly tensor: string;
  readonly labels: readonly string[];
  readonly dims: readonly Dim[];
}

/** Y = a sum of products of the inputs. The gradient with respect to one of them is such a sum, with dY for it. */
export const Einsum: GradientRule = serving("all", (context) => {
  const { needs } = context;
  const { inputs, output } = factorsOf(context);
  const isEmpty = inputs.some(({ dims }) => dims.includes(0));
  return inputs.map((factor, at) => {
    if (!needs(at)) return undefined;
    if (isEmpty) return filledLike(context, factor.tensor, 0);
    const dy = { ...output, tensor: outputGradient(context) };
    return byFactor(context, factor, [dy, ...inputs.filter((_, i) => i !== at)]);
  });
});

function factorsOf({ node, info, output }: GradientContext): {
  readonly inputs: readonly Factor[];
  readonly output: Factor;
} {
  const names = [...node.input, output(0)];
  const dims = names.map((tensor) => info(tensor).dims);
  const ranks = dims.map((sizes) => sizes.length);
  const terms = einsumTerms(node, ranks.slice(0, -1));
  if (terms === undefined) {
    const equation = stringAttribute(node, "equation", "");
    throw new Error(
      `gradient: ${nodeLabel(node)} must have an equation that fits its inputs, got ${equation} for ranks ${ranks.slice(0, -1).join(", ")}`,
    );
  }
  const factors = [...terms.inputs, terms.output].map(
    (labels, i): Factor => ({ tensor: names[i], labels, dims: dims[i] }),
  );
  return { inputs: factors.slice(0, -1), output: factors[factors.length - 1] };
}

/** The product of dY and the other factors, summed up to the axes of the factor that they are without. */
function byFactor(context: GradientContext, own: Factor, others: readonly Factor[]): string {
  const { tensor, labels, dims } = own;
  const sizesOf = (label: string): Dim[] =>
    others.flatMap((other) => other.dims.filter((_, axis) => other.labels[axis] === label));
  const isFirst = labels.map((label, axis) => labels.indexOf(label) === axis);
  const target = labels.map((label, axis) => (isFirst[axis] ? label : `${label}${axis}`));
  const added = labels.flatMap((label, axis): Omit<Factor, "dims">[] => {
    // A label that stands twice takes a diagonal, beside which the gradient is 0.
    if (!isFirst[axis]) {
      return [{ tensor: identityMatrix(context, tensor, axis), labels: [label, target[axis]] }];
    }
    // The runtime takes a label's size from the first that has it, though it broadcasts.
    if (sizesOf(label)[0] === dims[axis]) return [];
    return [{ tensor: ones(context, tensor, axis), labels: [label] }];
  });
  const [dy, ...rest] = others;
  const gradient = sumOfProducts(context, [dy, ...added, ...rest], target);
  const full = target.map((label, axis) => broadcast([dims[axis], ...sizesOf(label)]));
  return reduceFrom(context, { gradient, input: tensor, full });
}

/** As many ones as a tensor is large along an axis. */
const ones = (context: GradientContext, tensor: string, axis: number): string =>
  context.builder.op("Expand", [scalarLike(context, tensor, 1), sizeAt(context, tensor, axis)]);

/** The size of axes that are equal or 1; a name that no axis has where only the run tells which. */
function broadcast(sizes: readonly Dim[]): Dim {
  const others = [...new Set(sizes)].filter((size) => size !== 1);
  const known = others.find((size) => typeof size === "number");
  return known ?? (others.length === 0 ? 1 : others.join(" or "));
}

/** All that the runtime can read. */
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function sumOfProducts(
  { builder, node }: GradientContext,
  factors: readonly Omit<Factor, "dims">[],
  target: readonly string[],
): string {
  const labels = [...new Set([...factors.flatMap((factor) => factor.labels), ...target])];
  if (labels.length > LETTERS.length) {
    throw new Error(
      `gradient: ${nodeLabel(node)} must have at most ${LETTERS.length} axes of different sizes, got ${labels.length}`,
    );
  }
  const write = (term: readonly string[]): string =>
    term.map((label) => LETTERS[labels.indexOf(label)]).join("");
  const terms = factors.map((factor) => write(factor.labels));
  const tensors = factors.map(({ tensor }) => tensor);
  return builder.op("Einsum", tensors, {
    attributes: { equation: `${terms.join(",")}->${write(target)}` },
  });
}
