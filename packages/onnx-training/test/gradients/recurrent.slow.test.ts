import { recurrentToScan } from "@dropoutkit/onnx";
import { GraphBuilder, makeValueInfo, type NodeOptions } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { backwardModel, floats, forwardModel } from "./caseModels.js";
import { type Cases, seeds, valuesIn } from "./cases.js";
import { gradientLaw } from "./gradientLaw.js";
import { gradientsOf } from "./gradientsOf.js";
import { isDerived, type NodeCase, type NodeInput } from "./nodeCase.js";

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
type Kind = keyof typeof GATES;

/** Of each kind: how many activations a direction has. */
const ACTIVATIONS = { LSTM: 3, GRU: 2, RNN: 1 } as const;

/** Smooth ones, and bounded or near 1 in slope, so that no derivative grows. */
const SMOOTH = ["Tanh", "Sigmoid", "ScaledTanh", "Affine"];

interface Layer {
  readonly time: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly layout: 0 | 1;
  readonly bias: boolean;
  readonly lengths: boolean;
  readonly start: boolean;
  readonly peepholes: boolean;
  readonly linearFirst: boolean;
  readonly inputForget: boolean;
  readonly activations: readonly string[] | undefined;
  readonly read: readonly number[];
  readonly named: boolean;
  readonly seed: number;
}

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const layers = (kind: Kind, opset: number): fc.Arbitrary<Layer> =>
  fc.record({
    time: size(3),
    batch: size(2),
    features: size(2),
    hidden: size(2),
    direction: fc.constantFrom("forward", "reverse", "bidirectional"),
    layout: opset >= 14 ? fc.constantFrom(0, 1) : fc.constant(0),
    bias: fc.boolean(),
    lengths: fc.boolean(),
    start: fc.boolean(),
    peepholes: fc.boolean(),
    linearFirst: fc.boolean(),
    inputForget: fc.boolean(),
    activations: fc.option(fc.array(fc.constantFrom(...SMOOTH), { minLength: 6, maxLength: 6 }), {
      nil: undefined,
    }),
    read: fc.subarray(kind === "LSTM" ? [0, 1, 2] : [0, 1], { minLength: 1 }),
    named: opset >= 13 ? fc.boolean() : fc.constant(false),
    seed: seeds,
  });

/** A layer as a case; weights are small, so that the states do not grow. */
function caseOf(kind: Kind, layer: Layer): NodeCase {
  const { time, batch, features, hidden, layout, seed } = layer;
  const ways = layer.direction === "bidirectional" ? 2 : 1;
  const rows = GATES[kind] * hidden;
  const states = layout === 1 ? [batch, ways, hidden] : [ways, batch, hidden];
  const given = (place: number, dims: readonly number[], to = 0.5): NodeInput => ({
    dims,
    values: valuesIn(seed + place, dims, { from: -to, to }),
  });
  // Now and then an example has no timestep at all.
  const lengths = Int32Array.from({ length: batch }, (_, i) => (seed + i) % (time + 1));
  lengths[batch - 1] = time;
  const isLstm = kind === "LSTM";
  const inputs: NodeInput[] = [
    given(0, layout === 1 ? [batch, time, features] : [time, batch, features], 1),
    given(1, [ways, rows, features]),
    given(2, [ways, rows, hidden]),
    layer.bias ? given(3, [ways, 2 * rows]) : "",
    layer.lengths ? { feed: { type: "int32", data: lengths, dims: [batch] } } : "",
    layer.start ? given(5, states, 1) : "",
    layer.start && isLstm ? given(6, states, 1) : "",
    layer.peepholes && isLstm ? given(7, [ways, 3 * hidden]) : "",
  ];
  while (inputs[inputs.length - 1] === "") inputs.pop();
  return {
    inputs,
    attributes: attributesOf(kind, layer, ways),
    outputs: Math.max(...layer.read) + 1,
    read: layer.read,
    // The sizes of weights are always known.
    named: layer.named ? [0, 4, 5, 6] : false,
  };
}

function attributesOf(kind: Kind, layer: Layer, ways: number): NodeOptions["attributes"] {
  const activations = layer.activations?.slice(0, ACTIVATIONS[kind] * ways);
  const scales = (activations ?? []).flatMap((name, i) =>
    name === "ScaledTanh" || name === "Affine" ? [0.5 + i / 8] : [],
  );
  return {
    hidden_size: layer.hidden,
    direction: layer.direction,
    ...(layer.layout === 1 && { layout: 1 }),
    ...(activations && {
      activations: { strings: activations },
      activation_alpha: { floats: scales },
      activation_beta: { floats: scales.map((scale) => scale / 2) },
    }),
    ...(kind === "GRU" && layer.linearFirst && { linear_before_reset: 1 }),
    ...(kind === "LSTM" && layer.inputForget && { input_forget: 1 }),
  };
}

const plain: Layer = {
  ...{ time: 1, batch: 1, features: 1, hidden: 1 },
  ...{ direction: "forward", layout: 0, bias: false, lengths: false, start: false },
  ...{ peepholes: false, linearFirst: false, inputForget: false, activations: undefined },
  ...{ read: [0], named: false, seed: 1 },
};

const casesOf =
  (kind: Kind): Cases =>
  (opset) =>
    layers(kind, opset).map((layer) => caseOf(kind, layer));

// The runtime's operators are float32 alone, so the forward pass is that of the Scans, which compute what
// the operators compute: a test of recurrentToScan. An entry goes through at most 3 timesteps of 30
// operations each.
const accuracy = {
  forward: (model: Parameters<typeof recurrentToScan>[0]) => recurrentToScan(model),
  ulps: 96,
  fifth: 256,
};

// The schema changed at 7, 14 and 22; Split and Unsqueeze, which the Scans are made of, at 13; a Scan needs 9.
const opsets = [9, 11, 13, 14, 22];

gradientLaw("LSTM", { opsets, cases: casesOf("LSTM"), runs: 6, ...accuracy });
gradientLaw("GRU", { opsets, cases: casesOf("GRU"), runs: 6, ...accuracy });
gradientLaw("RNN", { opsets, cases: casesOf("RNN"), runs: 6, ...accuracy });

test("where a clip binds, the gradient is 0", async () => {
  const setting = { opType: "RNN", opset: 14, type: "float32" } as const;
  const attributes = {
    hidden_size: 1,
    activations: { strings: ["Affine"] },
    activation_alpha: { floats: [1] },
    activation_beta: { floats: [0] },
    clip: { float: 1 },
  };
  const x = { dims: [1, 3, 1], values: [0.25, 2, -2] };
  const [weight, recurrent] = [2, 0].map((value) => ({ dims: [1, 1, 1], values: [value] }));
  const dy = { dims: [1, 1, 3, 1], values: [1, 1, 1] };
  const inputs = [x, weight, recurrent];
  const [byX, byWeight] = await gradientsOf(setting, { inputs, attributes }, dy);
  expect(byX).toEqual([2, 0, 0]);
  expect(byWeight).toEqual([0.25]);
});

test("gradients of recurrent layers need opset 9", () => {
  const node = caseOf("GRU", plain);
  expect(() =>
    backwardModel({ opType: "GRU", opset: 8, type: "float32" }, node, [[1, 1, 1, 1]]),
  ).toThrow("gradientModel: model must have opset 9 or later for the gradient of GRU node, got 8");
});

test("a layer that no gradient goes through stays the operator", () => {
  const { inputs, attributes } = caseOf("LSTM", plain);
  const fixed = inputs.map((input) =>
    isDerived(input) ? { feed: floats("float32", input) } : input,
  );
  const model = forwardModel(
    { opType: "LSTM", opset: 14, type: "float32" },
    { inputs: fixed, attributes },
  );
  model.graph.input.push(makeValueInfo("scale", { type: "float32", dims: [1] }));
  const builder = new GraphBuilder("loss", model.graph);
  builder.op("ReduceSum", [builder.op("Mul", ["y0", "scale"])], {
    attributes: { keepdims: 0 },
    outputs: ["loss"],
  });
  model.graph.node.push(...builder.nodes);
  const { graph } = gradientModel(model, { loss: "loss", withRespectTo: ["scale"] });
  expect(graph.node[0].opType).toBe("LSTM");
});
