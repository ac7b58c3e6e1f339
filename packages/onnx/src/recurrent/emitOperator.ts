import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { unsqueeze } from "../emit/versionedOps.js";
import { type DirectionOutputs, emitStart } from "./emitScan.js";
import type { Direction, RecurrentLayer } from "./RecurrentLayer.js";

export interface OperatorOptions {
  readonly layer: RecurrentLayer;
  readonly direction: Direction;
  /** The input, `[time, batch, features]`. */
  readonly x: string;
}

/** Writes one direction of a recurrent layer as an operator of its own. */
export function emitOperator(
  builder: GraphBuilder,
  { layer, direction, x }: OperatorOptions,
): DirectionOutputs {
  const { kind, inputs, outputs, opset } = layer;
  const of = (tensor: string): string =>
    tensor === "" ? "" : builder.op("Gather", [tensor, builder.ints([direction.index])]);
  const start = (state: "h" | "c"): string => {
    const given = emitStart(builder, { layer, direction, state });
    return given === "" ? "" : unsqueeze({ builder, opset }, given, [0]);
  };
  const weights = [of(inputs.w), of(inputs.r), of(inputs.b)];
  const given = [x, ...weights, inputs.lengths, start("h"), start("c"), of(inputs.p)];
  while (given[given.length - 1] === "") given.pop();
  const name = builder.uniqueName(kind);
  const made = (["y", "h", "c"] as const).map((output) =>
    outputs[output] === "" ? "" : builder.uniqueName(output),
  );
  while (made[made.length - 1] === "") made.pop();
  builder.ops(kind, given, { name, outputs: made, attributes: attributesOf(layer, direction) });
  const squeezed = (tensor = "", axis = 0): string => {
    if (tensor === "") return "";
    return builder.op("Gather", [tensor, builder.scalar("int64", 0)], { attributes: { axis } });
  };
  const [y, h, c] = made;
  return { y: squeezed(y, 1), h: squeezed(h), c: squeezed(c) };
}

function attributesOf(
  { kind, hidden, clip, inputForget, linearBeforeReset }: RecurrentLayer,
  { backward, activations }: Direction,
): NonNullable<Parameters<GraphBuilder["op"]>[2]>["attributes"] {
  const alphas = activations.flatMap(({ alpha }) => alpha ?? []);
  const betas = activations.flatMap(({ beta }) => beta ?? []);
  return {
    hidden_size: hidden,
    direction: backward ? "reverse" : "forward",
    activations: { strings: activations.map(({ name }) => name) },
    ...(alphas.length > 0 && { activation_alpha: { floats: alphas } }),
    ...(betas.length > 0 && { activation_beta: { floats: betas } }),
    ...(Number.isFinite(clip) && { clip: { float: clip } }),
    ...(kind === "LSTM" && inputForget && { input_forget: 1 }),
    ...(kind === "GRU" && linearBeforeReset && { linear_before_reset: 1 }),
  };
}
