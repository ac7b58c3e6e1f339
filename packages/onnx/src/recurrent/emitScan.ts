import type { GraphBuilder } from "../GraphBuilder.js";
import { makeTensor } from "../tensor.js";
import { emitGateLinear, emitWeights } from "./directionWeights.js";
import { emitBody, type ReadState, stateNames } from "./emitBody.js";
import { emitLengths } from "./emitLengths.js";
import type { Direction, RecurrentLayer } from "./RecurrentLayer.js";

export interface ScanOptions {
  readonly layer: RecurrentLayer;
  readonly direction: Direction;
  /** The input as the gates read it, `[time, batch, features]`: one for all, or one for each. */
  readonly values: readonly string[];
  readonly read: ReadState;
  /** True where `read` gives each gate a state of its own. */
  readonly statePerGate: boolean;
}

/** What one direction gives: `y` is `[time, batch, hidden]`, the states at the end `[batch, hidden]`. */
export type DirectionOutputs = Readonly<Record<"y" | "h" | "c", string>>;

/**
 * Writes one direction of a recurrent layer as a Scan, whose body is one timestep in plain operators. The
 * input's share of the gates is one product for all timesteps, outside the loop.
 */
export function emitScan(builder: GraphBuilder, options: ScanOptions): DirectionOutputs {
  const { layer, direction, values, read, statePerGate } = options;
  const inputPerGate = values.length > 1;
  const weights = emitWeights(builder, layer, { direction, inputPerGate, statePerGate });
  const product = emitGateLinear(builder, values, { kernels: weights.kernels, axis: 2 });
  const projected = weights.bias === "" ? product : builder.op("Add", [product, weights.bias]);
  const lengths = emitLengths(builder, layer, values[0]);
  const scanned = lengths === undefined ? [projected] : [projected, lengths.active];
  const states = stateNames[layer.kind];
  const starts = emitStarts(builder, { layer, direction, x: values[0] });
  const name = builder.uniqueName("scan");
  const hasLengths = lengths !== undefined;
  const body = emitBody(builder, { layer, direction, weights, name, hasLengths, read });
  const way = Number(direction.backward);
  const results = builder.ops("Scan", [...starts, ...scanned], {
    name,
    outputs: [...states, "y"].map((output) => builder.uniqueName(output)),
    attributes: {
      body,
      num_scan_inputs: scanned.length,
      scan_input_directions: scanned.map(() => way),
      scan_output_directions: [way],
    },
  });
  // onnxruntime's operators leave zeros of a sequence without timesteps, whatever it starts from.
  const ends = results
    .slice(0, -1)
    .map((end) =>
      lengths ? builder.op("Where", [lengths.some, end, builder.scalar(layer.type, 0)]) : end,
    );
  return { h: ends[0], c: ends[1] ?? "", y: results[results.length - 1] };
}

interface StartOptions {
  readonly layer: RecurrentLayer;
  readonly direction: Direction;
  /** The input, `[time, batch, features]`. */
  readonly x: string;
}

/** A layer's states before the first timestep, `[batch, hidden]`: the node's, or zeros. */
function emitStarts(builder: GraphBuilder, { layer, direction, x }: StartOptions): string[] {
  const { hidden, type } = layer;
  let zeros: string | undefined;
  const emitZeros = (): string => {
    const shape = emitStateShape(builder, { x, hidden });
    const data = { float32: Float32Array.of(0), float64: Float64Array.of(0) };
    const value = makeTensor({ name: "", type, dims: [1], data: data[type] });
    return builder.op("ConstantOfShape", [shape], { attributes: { value } });
  };
  return stateNames[layer.kind].map((state) => {
    const given = emitStart(builder, { layer, direction, state });
    if (given !== "") return given;
    zeros ??= emitZeros();
    return zeros;
  });
}

/** The state that a node starts a direction with, `[batch, hidden]`; `""` where it has none. */
export function emitStart(
  builder: GraphBuilder,
  { layer, direction, state }: Omit<StartOptions, "x"> & { readonly state: "h" | "c" },
): string {
  const { inputs, batchFirst } = layer;
  if (inputs[state] === "") return "";
  const index = builder.scalar("int64", direction.index);
  return builder.op("Gather", [inputs[state], index], { attributes: { axis: Number(batchFirst) } });
}

/** The sizes of a state, `[batch, hidden]`, as an int64 tensor; `x` is the input, `[time, batch, features]`. */
export function emitStateShape(
  builder: GraphBuilder,
  { x, hidden }: { readonly x: string; readonly hidden: number },
): string {
  const batch = builder.op("Gather", [builder.op("Shape", [x]), builder.ints([1])]);
  return builder.op("Concat", [batch, builder.ints([hidden])], { attributes: { axis: 0 } });
}
