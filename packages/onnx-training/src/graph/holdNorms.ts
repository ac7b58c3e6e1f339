import { intAttribute, type NodeProto, type OnnxModel } from "@dropoutkit/onnx";
import type { Which } from "../chooseNames.js";
import { clip } from "../gradients/emit/clip.js";
import { reduce } from "../gradients/emit/reduce.js";
import { slice } from "../gradients/emit/slice.js";
import type { EmitContext } from "../gradients/GradientRule.js";
import type { Parameter } from "../parameters.js";
import type { FlatGroup, FlatParameter } from "../state/FlatGroup.js";

/** A bound on the length of the weights that come into a unit. */
export interface MaxNorm {
  /** The most that the length may be; > 0. */
  readonly limit: number;
  /** The weights that are held. */
  readonly parameters: Which;
  /** The axes of one unit's weights. Default: read from the operator that the weight is for. */
  readonly axes?: readonly number[];
}

/** A weight that is held: its name, and the axes of one unit's entries. */
export type HeldNorms = ReadonlyMap<string, readonly number[]>;

/** The axes of the weights that come into one unit, by the operator that reads them. */
const incomingAxes: Readonly<Record<string, (node: NodeProto, rank: number) => readonly number[]>> =
  {
    Gemm: (node) => [intAttribute(node, "transB", 0) === 1 ? 1 : 0],
    MatMul: (_, rank) => [rank - 2],
    Conv: (_, rank) => Array.from({ length: rank - 1 }, (_axis, axis) => axis + 1),
    ConvTranspose: (_, rank) => [0, ...Array.from({ length: rank - 2 }, (_axis, axis) => axis + 2)],
  };

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
      if (axes !== undefined) return [name, axes];
      const reader = graph.node.find(({ input }) => input[1] === name);
      const own = reader && incomingAxes[reader.opType]?.(reader, dims.length);
      if (own !== undefined) return [name, own];
      throw new Error(
        `Trainer: maxNorm must be given axes for weights that are not of ${Object.keys(incomingAxes).join(", ")}, got ${name}`,
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
    slice(context, { tensor, from: offset, to: offset + start.length });
  const shortened = (parameter: FlatParameter, axes: readonly number[]): string => {
    const w = builder.op("Reshape", [part(parameter), builder.ints(parameter.dims)]);
    const square = builder.op("Mul", [w, w]);
    const length = builder.op("Sqrt", [reduce(context, "ReduceSum", { tensor: square, axes })]);
    const most = clip(context, { tensor: length, min: limit });
    const factor = builder.op("Div", [builder.scalar("float32", limit), most]);
    return builder.op("Reshape", [builder.op("Mul", [w, factor]), builder.ints([-1])]);
  };
  const parts = group.parameters.map((parameter) => {
    const axes = held.get(parameter.name);
    return axes === undefined ? part(parameter) : shortened(parameter, axes);
  });
  return parts.length === 1 ? parts[0] : builder.op("Concat", parts, { attributes: { axis: 0 } });
}
