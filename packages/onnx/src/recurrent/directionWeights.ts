import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { split } from "../emit/versionedOps.js";
import type { Direction, RecurrentLayer } from "./RecurrentLayer.js";

/** The weights of one direction, as its loop reads them. */
export interface DirectionWeights {
  /** `[features, gates * hidden]`, or one of `[features, hidden]` for each gate. */
  readonly kernels: readonly string[];
  /** The same of `[hidden, ...]`; of a GRU whose reset gate comes first, update and reset gate stand apart from the candidate. */
  readonly recurrentKernels: readonly string[];
  /** `[gates * hidden]`: the biases that are added once, outside the loop; `""` without a bias. */
  readonly bias: string;
  /** `[hidden]`: the candidate's bias that a GRU's reset gate scales where the linear map comes first, else `""`. */
  readonly resetBias: string;
  /** `[hidden]` each, of an LSTM's input, output and forget gate; or none. */
  readonly peepholes: readonly string[];
}

export interface WeightsOptions {
  readonly direction: Direction;
  /** True where each gate reads an input of its own. */
  readonly inputPerGate: boolean;
  /** True where each gate reads a state of its own. */
  readonly statePerGate: boolean;
}

/** Writes what takes one direction's weights out of the node's. */
export function emitWeights(
  builder: GraphBuilder,
  layer: RecurrentLayer,
  { direction, inputPerGate, statePerGate }: WeightsOptions,
): DirectionWeights {
  const { opset, hidden, gates, kind, inputs } = layer;
  const index = builder.scalar("int64", direction.index);
  const of = (x: string): string => builder.op("Gather", [x, index]);
  const cut = (x: string, counts: readonly number[], axis: number): readonly string[] => {
    const sizes = counts.map((count) => count * hidden);
    return counts.length === 1 ? [x] : split({ builder, opset }, { tensor: x, axis, sizes });
  };
  const transposed = (x: string, counts: readonly number[]): readonly string[] =>
    cut(builder.op("Transpose", [of(x)], { attributes: { perm: [1, 0] } }), counts, 1);
  const each = new Array<number>(gates).fill(1);
  const resetsFirst = kind === "GRU" && !layer.linearBeforeReset;
  return {
    kernels: transposed(inputs.w, inputPerGate ? each : [gates]),
    recurrentKernels: transposed(inputs.r, statePerGate ? each : resetsFirst ? [2, 1] : [gates]),
    peepholes: inputs.p === "" ? [] : cut(of(inputs.p), [1, 1, 1], 0),
    ...(inputs.b === "" ? { bias: "", resetBias: "" } : biases()),
  };

  function biases(): Pick<DirectionWeights, "bias" | "resetBias"> {
    if (kind !== "GRU" || resetsFirst) {
      const [input, recurrent] = cut(of(inputs.b), [gates, gates], 0);
      return { bias: builder.op("Add", [input, recurrent]), resetBias: "" };
    }
    const [input, candidate, recurrent, resetBias] = cut(of(inputs.b), [2, 1, 2, 1], 0);
    const sum = builder.op("Add", [input, recurrent]);
    const bias = builder.op("Concat", [sum, candidate], { attributes: { axis: 0 } });
    return { bias, resetBias };
  }
}

/** The product of a value with each kernel, or of a value of its own for each, side by side on an axis. */
export function emitGateLinear(
  builder: GraphBuilder,
  values: readonly string[],
  { kernels, axis }: { readonly kernels: readonly string[]; readonly axis: number },
): string {
  const products = kernels.map((kernel, i) =>
    builder.op("MatMul", [values.length === 1 ? values[0] : values[i], kernel]),
  );
  return products.length === 1
    ? products[0]
    : builder.op("Concat", products, { attributes: { axis } });
}
