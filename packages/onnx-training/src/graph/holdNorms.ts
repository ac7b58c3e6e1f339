import type { OnnxModel } from "@dropoutkit/onnx";
import { clip, intAttribute, type NodeProto, reduce, slice } from "@dropoutkit/onnx/graph";
import type { EmitContext } from "../gradients/EmitContext.js";
import type { WhichWeights } from "../parameters/chooseNames.js";
import type { Parameter } from "../parameters/Parameter.js";
import type { FlatGroup, FlatParameter } from "../state/FlatGroup.js";

/** A bound on the length of the weights that come into a unit. */
export interface MaxNorm {
  /** The most that the length may be; > 0. */
  readonly limit: number;
  /** The weights that are held. */
  readonly weights: WhichWeights;
  /** The axes of one unit's weights. Default: read from the operator that the weight is for. */
  readonly axes?: readonly number[];
}

/** How the weights of units lie: a shape in which some axes are those of one unit's entries. */
interface Units {
  readonly dims: readonly number[];
  readonly axes: readonly number[];
}

/** The weights that are held, by their names. */
export type HeldNorms = ReadonlyMap<string, Units>;

/** The weights that come into a unit, by the operator that reads them. */
const incoming: Readonly<Record<string, (node: NodeProto, dims: readonly number[]) => Units>> = {
  Gemm: (node, dims) => ({ dims, axes: [intAttribute(node, "transB", 0) === 1 ? 1 : 0] }),
  MatMul: (_, dims) => ({ dims, axes: [Math.max(dims.length - 2, 0)] }),
  Conv: (_, dims) => ({ dims, axes: laterAxes(1, dims.length) }),
  // [inputs, outputs / group, ...kernel]: each group of inputs leads to outputs of its own.
  ConvTranspose(node, [inputs, ...rest]) {
    const group = intAttribute(node, "group", 1);
    const dims = [group, inputs / group, ...rest];
    return { dims, axes: [1, ...laterAxes(3, dims.length)] };
  },
};

const laterAxes = (first: number, rank: number): number[] =>
  Array.from({ length: rank - first }, (_, i) => first + i);

interface HeldNormsOptions {
  readonly parameters: readonly Parameter[];
  readonly axes?: readonly number[];
}

/**
 * The axes by the names of weights.
 * @throws {Error} If an operator does not say which weights come into a unit.
 */
export function heldNorms({ graph }: OnnxModel, { parameters, axes }: HeldNormsOptions): HeldNorms {
  return new Map(
    parameters.map(({ name, dims }) => {
      if (axes !== undefined) return [name, { dims, axes }];
      const units = graph.node.flatMap((node) =>
        node.input[1] === name ? (incoming[node.opType]?.(node, dims) ?? []) : [],
      );
      const kinds = new Set(units.map((unit) => JSON.stringify(unit)));
      if (kinds.size === 1) return [name, units[0]];
      throw new Error(
        `Trainer: maxNorm must be given axes for weights that are not of ${Object.keys(incoming).join(", ")}, or of two in different ways, got ${name}`,
      );
    }),
  );
}

export interface HoldOptions {
  readonly limit: number;
  readonly held: HeldNorms;
}

/**
 * A group's tensor with the weights of each unit shortened to the limit where they are longer:
 * w · limit / max(length, limit). A tensor without held weights is itself.
 * @see Srivastava et al. 2014, "Dropout", section 5.1, JMLR 15.
 */
export function holdNorms(
  context: Pick<EmitContext, "builder" | "opset">,
  { tensor, group }: { readonly tensor: string; readonly group: FlatGroup },
  { limit, held }: HoldOptions,
): string {
  const { builder } = context;
  if (!group.parameters.some(({ name }) => held.has(name))) return tensor;
  const part = ({ offset, start }: FlatParameter): string =>
    slice(context, tensor, {
      axes: [0],
      starts: [offset],
      ends: [offset + start.length],
    });
  const shortened = (parameter: FlatParameter, { dims, axes }: Units): string => {
    const w = builder.op("Reshape", [part(parameter), builder.ints(dims)]);
    const square = builder.op("Mul", [w, w]);
    const length = builder.op("Sqrt", [reduce(context, "ReduceSum", { tensor: square, axes })]);
    const most = clip(context, { tensor: length, min: limit });
    const factor = builder.op("Div", [builder.scalar("float32", limit), most]);
    return builder.op("Reshape", [builder.op("Mul", [w, factor]), builder.ints([-1])]);
  };
  const parts = group.parameters.map((parameter) => {
    const units = held.get(parameter.name);
    return units === undefined ? part(parameter) : shortened(parameter, units);
  });
  return parts.length === 1 ? parts[0] : builder.op("Concat", parts, { attributes: { axis: 0 } });
}
