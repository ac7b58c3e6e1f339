import fc from "fast-check";
import { type AttributeValue, GraphBuilder, makeTensor, makeValueInfo } from "../../src/graph.js";
import type { OnnxModel } from "../../src/index.js";
import { type Feed, float32 } from "../runtime/runModel.js";

/** A model of one recurrent node, and what to feed it. */
export interface RecurrentCase {
  readonly kind: "LSTM" | "GRU" | "RNN";
  readonly opset: number;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly time: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly layout: 0 | 1;
  readonly bias: boolean;
  readonly lengths: boolean;
  readonly start: boolean;
  readonly peepholes: boolean;
  /** Where weights are: in the model, or fed. */
  readonly constant: boolean;
  readonly outputs: readonly ("Y" | "Y_h" | "Y_c")[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly seed: number;
}

/** An LSTM with nothing that it need not have. */
export const plainCase: RecurrentCase = {
  kind: "LSTM",
  opset: 14,
  direction: "forward",
  time: 3,
  batch: 2,
  features: 4,
  hidden: 5,
  layout: 0,
  bias: true,
  lengths: false,
  start: false,
  peepholes: false,
  constant: true,
  outputs: ["Y", "Y_h"],
  attributes: {},
  seed: 1,
};

export const gatesOf = { LSTM: 4, GRU: 3, RNN: 1 } as const;

/** Numbers that differ, in (-scale, scale). */
function numbers(size: number, seed: number, scale = 1): Float32Array {
  return Float32Array.from(
    { length: size },
    (_, i) => scale * Math.sin(1 + (i + 1) * 12.9898 + seed * 78.233 + ((i * i) % 97)),
  );
}

/** The model, with tensors X, W, R, B, lengths, h0, c0, P of which those that are no weights are fed. */
export function recurrentModel(one: RecurrentCase): {
  readonly model: OnnxModel;
  readonly feeds: Record<string, Feed>;
} {
  const { kind, hidden, batch, time, features, seed } = one;
  const gates = gatesOf[kind];
  const ways = one.direction === "bidirectional" ? 2 : 1;
  const states = one.layout === 1 ? [batch, ways, hidden] : [ways, batch, hidden];
  const feeds: Record<string, Feed> = {};
  const builder = new GraphBuilder();
  const add = (name: string, dims: readonly number[], scale = 1, fed = true): string => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = numbers(size, seed + name.length + name.charCodeAt(0), scale);
    if (fed) feeds[name] = float32(dims, data);
    else builder.constant(makeTensor({ name, type: "float32", dims, data }));
    return name;
  };
  // Small enough that no state grows much, whatever the activations.
  const weight = (name: string, dims: readonly number[]): string =>
    add(name, dims, dims.length === 3 ? 1 / dims[2] : 0.3, !one.constant);
  const inputs = [
    add("X", one.layout === 1 ? [batch, time, features] : [time, batch, features]),
    weight("W", [ways, gates * hidden, features]),
    weight("R", [ways, gates * hidden, hidden]),
    one.bias ? weight("B", [ways, 2 * gates * hidden]) : "",
    one.lengths ? "lengths" : "",
    one.start ? add("h0", states) : "",
    one.start && kind === "LSTM" ? add("c0", states) : "",
    one.peepholes && kind === "LSTM" ? weight("P", [ways, 3 * hidden]) : "",
  ];
  if (one.lengths) {
    // The last example is as long as it can be, the others not always.
    const data = Int32Array.from({ length: batch }, (_, i) =>
      i === batch - 1 ? time : 1 + ((i * 7 + seed) % time),
    );
    feeds.lengths = { type: "int32", data, dims: [batch] };
  }
  while (inputs[inputs.length - 1] === "") inputs.pop();
  const wanted: readonly string[] = one.outputs;
  const outputs = ["Y", "Y_h", "Y_c"].map((name) => (wanted.includes(name) ? name : ""));
  while (outputs[outputs.length - 1] === "") outputs.pop();
  const attributes = {
    ...one.attributes,
    hidden_size: hidden,
    direction: one.direction,
    ...(one.layout === 1 && { layout: 1 }),
  };
  builder.ops(kind, inputs, { name: "rnn", outputs, attributes });
  const y = one.layout === 1 ? [batch, time, ways, hidden] : [time, ways, batch, hidden];
  const model = builder.model({
    name: "recurrent",
    inputs: Object.entries(feeds).map(([name, { type, dims }]) =>
      makeValueInfo(name, { type, dims }),
    ),
    outputs: one.outputs.map((name) =>
      makeValueInfo(name, { type: "float32", dims: name === "Y" ? y : states }),
    ),
    opset: one.opset,
  });
  return { model, feeds };
}

const withNumbers: Readonly<Record<string, readonly [alpha: number, beta: number]>> = {
  Affine: [1, 1],
  LeakyRelu: [1, 0],
  ThresholdedRelu: [1, 0],
  ScaledTanh: [1, 1],
  HardSigmoid: [1, 1],
  Elu: [1, 0],
};

/** Lists of activations with their numbers. */
const activations = (count: number): fc.Arbitrary<Record<string, AttributeValue>> =>
  fc
    .array(
      fc.constantFrom(
        "Relu",
        "Tanh",
        "Sigmoid",
        "Softsign",
        "Softplus",
        ...Object.keys(withNumbers),
      ),
      { minLength: count, maxLength: count },
    )
    .map((names) => {
      const take = (which: 0 | 1, scale: number) =>
        names.flatMap((name, i) => (withNumbers[name]?.[which] ? [scale * (1 + i / 8)] : []));
      const [alphas, betas] = [take(0, 0.3), take(1, 0.4)];
      return {
        activations: { strings: names },
        ...(alphas.length > 0 && { activation_alpha: { floats: alphas } }),
        ...(betas.length > 0 && { activation_beta: { floats: betas } }),
      };
    });

const activationCount = { LSTM: 3, GRU: 2, RNN: 1 } as const;

/** Any recurrent node that onnxruntime runs, in opsets in which it has such a node and such a Scan. */
export const recurrentCases: fc.Arbitrary<RecurrentCase> = fc
  .record({
    kind: fc.constantFrom("LSTM" as const, "GRU" as const, "RNN" as const),
    direction: fc.constantFrom("forward" as const, "reverse" as const, "bidirectional" as const),
  })
  .chain(({ kind, direction }) => {
    const count = activationCount[kind] * (direction === "bidirectional" ? 2 : 1);
    const size = fc.integer({ min: 1, max: 5 });
    const flag = fc.boolean();
    const tensors = kind === "LSTM" ? ["Y", "Y_h", "Y_c"] : ["Y", "Y_h"];
    const attribute = (name: string, values: fc.Arbitrary<AttributeValue>) =>
      fc.oneof(
        fc.constant({}),
        values.map((value) => ({ [name]: value })),
      );
    return fc.record<RecurrentCase>({
      kind: fc.constant(kind),
      direction: fc.constant(direction),
      opset: fc.constantFrom(9, 10, 11, 12, 13, 14, 17, 18, 21, 22),
      time: size,
      batch: size,
      features: size,
      hidden: size,
      layout: fc.constant(0 as const),
      bias: flag,
      lengths: flag,
      start: flag,
      peepholes: flag,
      constant: flag,
      outputs: fc.subarray(tensors as ("Y" | "Y_h" | "Y_c")[], { minLength: 1 }),
      attributes: fc
        .tuple(
          fc.oneof(fc.constant({}), activations(count)),
          attribute(
            "clip",
            fc.double({ min: 0.2, max: 2, noNaN: true }).map((float) => ({ float })),
          ),
          kind === "LSTM" ? attribute("input_forget", fc.constantFrom(0, 1)) : fc.constant({}),
          kind === "GRU"
            ? attribute("linear_before_reset", fc.constantFrom(0, 1))
            : fc.constant({}),
        )
        .map((parts) => Object.assign({}, ...parts)),
      seed: fc.nat(1000),
    });
  });
