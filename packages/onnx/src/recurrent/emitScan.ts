import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { emitGateLinear, emitWeights } from "./directionWeights.js";
import { type Body, emitBody, type ReadState, stateNames } from "./emitBody.js";
import type { Direction, RecurrentLayer } from "./RecurrentLayer.js";
import type { SequenceFacts } from "./SequenceFacts.js";

export interface ScanOptions {
  readonly layer: RecurrentLayer;
  readonly direction: Direction;
  readonly facts: SequenceFacts;
  /** The input as the gates read it, `[time, batch, features]`: one for all, or one for each. */
  readonly values: readonly string[];
  readonly read: ReadState;
  /** True where `read` gives each gate a state of its own. */
  readonly statePerGate: boolean;
}

/** What one direction gives: `y` is `[time, batch, hidden]`, the states at the end `[batch, hidden]`; `""` for what the layer does not give. */
export type DirectionOutputs = Readonly<Record<"y" | "h" | "c", string>>;

/** A Scan's outputs, its name, and the states in its body. */
export interface EmittedScan extends DirectionOutputs {
  readonly name: string;
  readonly body: Pick<Body, "previous" | "next">;
}

/**
 * Writes one direction of a recurrent layer as a Scan, whose body is one timestep in plain operators. The
 * input's share of the gates is one product for all timesteps, outside the loop.
 */
export function emitScan(builder: GraphBuilder, options: ScanOptions): EmittedScan {
  const { layer, direction, facts, values, read, statePerGate } = options;
  const { hasLengths } = facts;
  const inputPerGate = values.length > 1;
  const weights = emitWeights(builder, layer, { direction, inputPerGate, statePerGate });
  const product = emitGateLinear(builder, values, { kernels: weights.kernels, axis: 2 });
  const projected = weights.bias === "" ? product : builder.op("Add", [product, weights.bias]);
  const scanned = hasLengths ? [projected, facts.active()] : [projected];
  const states = stateNames[layer.kind];
  const starts = states.map(
    (state) => emitStart(builder, { layer, direction, state }) || facts.zeros(),
  );
  const name = builder.uniqueName("scan");
  const body = emitBody(builder, { layer, direction, weights, name, hasLengths, read });
  const way = Number(direction.backward);
  const results = builder.ops("Scan", [...starts, ...scanned], {
    name,
    outputs: [...states, "y"].map((output) => builder.uniqueName(output)),
    attributes: {
      body: body.graph,
      num_scan_inputs: scanned.length,
      scan_input_directions: scanned.map(() => way),
      scan_output_directions: [way],
    },
  });
  const endOf = (state: "h" | "c"): string => {
    if (layer.outputs[state] === "") return "";
    const end = results[states.indexOf(state)];
    if (!hasLengths) return end;
    // onnxruntime's operators leave zeros of a sequence without timesteps, whatever it starts from.
    return builder.op("Where", [facts.some(), end, builder.scalar(layer.type, 0)]);
  };
  return { y: results[results.length - 1], h: endOf("h"), c: endOf("c"), name, body };
}

interface StartOptions {
  readonly layer: RecurrentLayer;
  readonly direction: Direction;
  readonly state: "h" | "c";
}

/** The state that a node starts a direction with, `[batch, hidden]`; `""` where it has none. */
export function emitStart(
  builder: GraphBuilder,
  { layer: { inputs, batchFirst }, direction, state }: StartOptions,
): string {
  if (inputs[state] === "") return "";
  const index = builder.scalar("int64", direction.index);
  return builder.op("Gather", [inputs[state], index], { attributes: { axis: Number(batchFirst) } });
}
