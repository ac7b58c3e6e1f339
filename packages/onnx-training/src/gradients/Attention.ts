import {
  type Dim,
  floatAttribute,
  intAttribute,
  nodeLabel,
  reduce,
  slice,
} from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { type Heads, headsOf } from "./emit/heads.js";
import { reduceFrom } from "./emit/reduceTo.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/** The `qk_matmul_output_mode` with which the 4th output is what softmax gives. */
const PROBABILITIES = 3;

/**
 * Y = P V with P = softmax(scores + mask), scores = scale · Q K^T, bounded by `softcap`, by heads. The
 * forward writes P, so masks need no care here: where one hides a place, P is 0.
 * @see Vaswani et al. 2017, "Attention Is All You Need", section 3.2 (arXiv:1706.03762).
 */
export const Attention: GradientRule = serving([0, 1, 2, 3, 4, 5], (context) => {
  const { builder, node, needs } = context;
  const [q, , , mask] = node.input;
  const { mul, sub, map } = arithmetic(context, q);
  const heads = headsOf(context);
  const { group, ungroup, transpose } = heads;
  const product = (a: string, b: string): string => builder.op("MatMul", [a, b]);
  const scale = floatAttribute(node, "scale", 1 / Math.sqrt(heads.size));
  const query = group(heads.split(q, heads.queries));
  const [key, value] = [1, 2].map((place) => pastAndOwn(context, { heads, place }));
  const dy = group(heads.split(outputGradient(context), heads.queries));
  const p = probabilitiesOf(context);
  const dp = ungroup(product(dy, transpose(value.all)));
  const byMasked = mul(p, sub(dp, reduce(context, "ReduceSum", { tensor: mul(dp, p), axes: [3] })));
  const softcap = floatAttribute(node, "softcap", 0);
  const bounded = (): string => {
    const scores = mul(ungroup(product(query, transpose(key.all))), scale / softcap);
    const tanh = map("Tanh", scores);
    return mul(byMasked, sub(1, mul(tanh, tanh)));
  };
  const byScores = group(softcap > 0 ? bounded() : byMasked);
  const byQuery = (): string => mul(heads.merge(ungroup(product(byScores, key.all))), scale);
  const byKey = key.gradients(() => mul(product(transpose(byScores), query), scale));
  const byValue = value.gradients(() => product(transpose(group(p)), dy));
  const byMask = (): string => {
    const full = scoreDims(context, heads.queries);
    const [own, all] = [context.info(mask).dims.at(-1), full[3]];
    // Since opset 24 a mask may end before the keys do: the others are hidden.
    const ends = context.opset >= 24 && typeof own === "number" && own !== all;
    if (!ends) return reduceFrom(context, { gradient: byMasked, input: mask, full });
    const gradient = slice(context, byMasked, { axes: [3], starts: [0], ends: [own] });
    return reduceFrom(context, { gradient, input: mask, full: [...full.slice(0, 3), own] });
  };
  return [
    needs(0) ? byQuery() : undefined,
    byKey.own,
    byValue.own,
    needs(3) ? byMask() : undefined,
    byKey.past,
    byValue.past,
  ];
});

/** P, `[batch, heads, queries, keys]`. */
function probabilitiesOf(context: GradientContext): string {
  const { node, outputGradients } = context;
  const mode = intAttribute(node, "qk_matmul_output_mode", 0);
  if (outputGradients[3] !== undefined || (node.output[3] && mode !== PROBABILITIES)) {
    throw new Error(
      `gradient: ${nodeLabel(node)} must not write its scores for others, got output ${node.output[3]}`,
    );
  }
  return context.output(3, { qk_matmul_output_mode: PROBABILITIES });
}

/** `[batch, heads, queries, keys]`. */
function scoreDims({ node, info }: GradientContext, heads: number): Dim[] {
  const [q, k, , , past] = node.input.map((name) => (name === "" ? undefined : info(name).dims));
  const length = (dims: readonly Dim[] | undefined): Dim => dims?.at(-2) ?? 0;
  const [own, before] = [length(k), length(past)];
  const total =
    typeof own === "number" && typeof before === "number" ? own + before : `${before} + ${own}`;
  return [q?.[0] ?? 0, heads, length(q), total];
}

interface Sequence {
  /** Keys or values of the past and the node's own, by heads. */
  readonly all: string;
  /** The gradients with respect to both, from that by `all`; undefined where they are not wanted. */
  gradients(byAll: () => string): { readonly own?: string; readonly past?: string };
}

interface SequenceOptions {
  readonly heads: Heads;
  /** Among inputs and outputs: 1 for keys, 2 for values. */
  readonly place: number;
}

function pastAndOwn(context: GradientContext, { heads, place }: SequenceOptions): Sequence {
  const { builder, node, needs, outputGradients } = context;
  const own = heads.split(node.input[place], heads.keys);
  const past = node.input[place + 3];
  const present = outputGradients[place];
  const { add } = arithmetic(context, node.input[place]);
  const wanted = [needs(place), needs(place + 3)];
  const whole = (byAll: () => string): string =>
    present === undefined ? byAll() : add(byAll(), present);
  if (!past) {
    return {
      all: own,
      gradients: (byAll) => (wanted[0] ? { own: heads.merge(whole(byAll)) } : {}),
    };
  }
  const all = builder.op("Concat", [past, own], { attributes: { axis: 2 } });
  const lengths = (): string[] =>
    [past, own].map((tensor) =>
      builder.op("Shape", [tensor], { attributes: { start: 2, end: 3 } }),
    );
  return {
    all,
    gradients(byAll) {
      if (!wanted.includes(true)) return {};
      const sizes = builder.op("Concat", lengths(), { attributes: { axis: 0 } });
      const outputs = ["past", "own"].map((name) => builder.uniqueName(name));
      builder.ops("Split", [whole(byAll), sizes], { attributes: { axis: 2 }, outputs });
      return { past: outputs[0], own: heads.merge(outputs[1]) };
    },
  };
}
