import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { nodeLabel } from "../labels/nodeLabel.js";
import { floatsAttribute, stringsAttribute } from "../model/attribute.js";
import type { NodeProto } from "../model/schema.js";

/** An activation function of a recurrent operator, and the numbers that it takes. */
export interface Activation {
  readonly name: string;
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
}

interface Call {
  readonly builder: GraphBuilder;
  readonly alpha: number;
  readonly beta: number;
  readonly type: "float32" | "float64";
}

interface Rule {
  /** The numbers that the function takes, by their defaults; null where there is none. */
  readonly alpha?: number | null;
  readonly beta?: number | null;
  readonly emit: (x: string, call: Call) => string;
}

const plain = (opType: string): Rule => ({ emit: (x, { builder }) => builder.op(opType, [x]) });

/** By names in lower case: onnxruntime does not mind the case. */
const rules: { readonly [name: string]: Rule } = {
  relu: plain("Relu"),
  tanh: plain("Tanh"),
  sigmoid: plain("Sigmoid"),
  softsign: plain("Softsign"),
  softplus: plain("Softplus"),
  leakyrelu: {
    alpha: 0.01,
    emit: (x, { builder, alpha }) =>
      builder.op("LeakyRelu", [x], { attributes: { alpha: { float: alpha } } }),
  },
  elu: {
    alpha: 1,
    emit: (x, { builder, alpha }) =>
      builder.op("Elu", [x], { attributes: { alpha: { float: alpha } } }),
  },
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    emit: (x, { builder, alpha, beta }) =>
      builder.op("HardSigmoid", [x], {
        attributes: { alpha: { float: alpha }, beta: { float: beta } },
      }),
  },
  thresholdedrelu: {
    alpha: 1,
    // The operator of this name came with opset 10.
    emit: (x, { builder, alpha, type }) => {
      const above = builder.op("Greater", [x, builder.scalar(type, alpha)]);
      return builder.op("Where", [above, x, builder.scalar(type, 0)]);
    },
  },
  affine: {
    alpha: null,
    beta: null,
    emit: (x, { builder, alpha, beta, type }) => {
      const scaled = builder.op("Mul", [x, builder.scalar(type, alpha)]);
      return builder.op("Add", [scaled, builder.scalar(type, beta)]);
    },
  },
  scaledtanh: {
    alpha: null,
    beta: null,
    emit: (x, { builder, alpha, beta, type }) => {
      const inner = builder.op("Mul", [x, builder.scalar(type, beta)]);
      return builder.op("Mul", [builder.op("Tanh", [inner]), builder.scalar(type, alpha)]);
    },
  },
};

/**
 * A node's activation functions, in its order. Each takes its numbers from the front of the lists
 * `activation_alpha` and `activation_beta`; behind their end it has those that ONNX's operator of its name
 * has by default.
 * @throws {Error} If a function is none of ONNX's, or a number is missing that has no default.
 */
export function activationsOf(
  owner: string,
  node: NodeProto,
  defaults: readonly string[],
): Activation[] {
  const names = stringsAttribute(node, "activations") ?? [];
  const given = names.length === 0 ? defaults : names;
  if (given.length < defaults.length) {
    throw new Error(
      `${owner}: ${nodeLabel(node)} must have ${defaults.length} activations, got ${given.length}`,
    );
  }
  const alphas = [...(floatsAttribute(node, "activation_alpha") ?? [])];
  const betas = [...(floatsAttribute(node, "activation_beta") ?? [])];
  return given.slice(0, defaults.length).map((spelled) => {
    const name = spelled.toLowerCase();
    if (!Object.hasOwn(rules, name)) {
      throw new Error(`${owner}: ${nodeLabel(node)} must have activations of ONNX, got ${spelled}`);
    }
    const take = (letter: "alpha" | "beta", list: number[]): number | undefined => {
      const standard = rules[name][letter];
      if (standard === undefined) return undefined;
      const number = list.shift() ?? standard;
      if (number !== null) return number;
      throw new Error(
        `${owner}: ${nodeLabel(node)} must have an activation_${letter} for ${spelled}, got none`,
      );
    };
    return { name: spelled, alpha: take("alpha", alphas), beta: take("beta", betas) };
  });
}

/** Writes a function of `x` as nodes. */
export function emitActivation(
  builder: GraphBuilder,
  x: string,
  { name, alpha = 0, beta = 0, type }: Activation & { readonly type: "float32" | "float64" },
): string {
  return rules[name.toLowerCase()].emit(x, { builder, alpha, beta, type });
}
