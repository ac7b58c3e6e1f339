import { intAttribute, stringAttribute } from "@dropoutkit/onnx/graph";
import { arithmetic } from "./emit/arithmetic.js";
import { filledLike } from "./emit/filledLike.js";
import {
  type GradientContext,
  type GradientRule,
  outputGradient,
  serving,
} from "./GradientRule.js";

/** An operator that puts values in places of a tensor, and the one that reads those places. */
interface Places {
  /** The data with the values put in, by one of the operator's reductions. */
  put(data: string, values: string, reduction?: string): string;
  /** The entries at the places. */
  read(data: string): string;
}

/** The gradients with respect to the data and by the values, written where they are asked for. */
interface Derived {
  data(): string;
  values(): string;
}

type Derive = (context: GradientContext, places: Places) => Derived;

/** Y = the values where they are put, else the data. */
const replaced: Derive = (context, { put, read }) => {
  const dy = outputGradient(context);
  const zeros = (): string => filledLike(context, context.node.input[2], 0);
  return { data: () => put(dy, zeros()), values: () => read(dy) };
};

/** Y = data + the values of each place. */
const added: Derive = (context, { read }) => {
  const dy = outputGradient(context);
  return { data: () => dy, values: () => read(dy) };
};

/** Y = the largest (or smallest) of the data and the values of each place; equal ones share the gradient evenly, as in PyTorch. */
const extreme: Derive = (context, { put, read }) => {
  const [data, , values] = context.node.input;
  const y = context.output(0);
  const { equal, indicator, div, select } = arithmetic(context, data);
  const [isData, isValue] = [equal(data, y), equal(values, read(y))];
  const count = put(indicator(isData), indicator(isValue), "add");
  const share = div(outputGradient(context), count);
  return {
    data: () => select(isData, share, 0),
    values: () => select(isValue, read(share), 0),
  };
};

/** Y = data times the values of each place. The product of the others is Y over the own one, or where that is 0 the product of all that are not, if it is the only one. */
const multiplied: Derive = (context, { put, read }) => {
  const [data, , values] = context.node.input;
  const { equal, indicator, div, mul, select } = arithmetic(context, data);
  const isZero = [data, values].map((tensor) => equal(tensor, 0));
  const others = [data, values].map((tensor, i) => select(isZero[i], 1, tensor));
  const zeros = put(indicator(isZero[0]), indicator(isZero[1]), "add");
  const product = mul(outputGradient(context), put(others[0], others[1], "mul"));
  const alone = select(equal(zeros, 1), product, 0);
  const whole = select(equal(zeros, 0), product, 0);
  return {
    data: () => select(isZero[0], alone, div(whole, others[0])),
    values: () => select(isZero[1], read(alone), div(read(whole), others[1])),
  };
};

const derivatives: Readonly<Record<string, Derive>> = {
  add: added,
  max: extreme,
  min: extreme,
  mul: multiplied,
  none: replaced,
};

const scattered = (placesOf: (context: GradientContext) => Places): GradientRule =>
  serving([0, 2], (context) => {
    const reduction = stringAttribute(context.node, "reduction", "none");
    const { needs } = context;
    const { data, values } = derivatives[reduction](context, placesOf(context));
    return [needs(0) ? data() : undefined, undefined, needs(2) ? values() : undefined];
  });

/** Values put along an axis. */
export const ScatterElements: GradientRule = scattered((context) => {
  const { builder, node } = context;
  const axis = intAttribute(node, "axis", 0);
  const [, indices] = node.input;
  return {
    put: (data, values, reduction) =>
      builder.op(node.opType, [data, indices, values], {
        attributes: reduction === undefined ? { axis } : { axis, reduction },
      }),
    read: (data) => builder.op("GatherElements", [data, indices], { attributes: { axis } }),
  };
});

/** ScatterElements as it was called before opset 11, when nothing read places along an axis. */
export const Scatter: GradientRule = serving([0], ScatterElements);

/** Slices put at places that are named by all their leading indices. */
export const ScatterND: GradientRule = scattered((context) => {
  const { builder, node } = context;
  const [, indices] = node.input;
  return {
    put: (data, values, reduction) =>
      builder.op("ScatterND", [data, indices, values], {
        attributes: reduction === undefined ? undefined : { reduction },
      }),
    read: (data) => builder.op("GatherND", [data, indices]),
  };
});
