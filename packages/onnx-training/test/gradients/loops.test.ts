import type { OnnxModel } from "@dropoutkit/onnx";
import {
  type Dim,
  GraphBuilder,
  type GraphProto,
  graphAttribute,
  makeValueInfo,
} from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";
import type { Setting } from "./caseModels.js";
import { derived } from "./cases.js";
import { expectGradients } from "./finiteDifferences.js";
import { ints } from "./nodeCase.js";

const type = "float64";
const setting: Setting = { opType: "Scan", opset: 17, type };
const value = (name: string, dims: readonly Dim[]) => makeValueInfo(name, { type, dims });

/** A running sum of the squares of `slice`, `[size]`, scaled by the tensor `x2`, from around all loops. */
function sumBody(names: string): GraphProto {
  const body = new GraphBuilder(names);
  const [sum, slice] = [`${names}/sum`, `${names}/slice`];
  const square = body.op("Mul", [slice, body.op("Sin", [slice])]);
  const next = body.op("Add", [body.op("Mul", [sum, "x2"]), square]);
  return body.graph({
    name: names,
    inputs: [value(sum, [2]), value(slice, [2])],
    outputs: [value(next, [2])],
  });
}

test("a Scan in a Scan: gradients are its differences", async () => {
  const body = new GraphBuilder("outer");
  const inner = body.op("Scan", ["outer/state", "outer/slice"], {
    attributes: { body: sumBody("inner"), num_scan_inputs: 1 },
  });
  const next = body.op("Tanh", [inner]);
  const graph = body.graph({
    name: "outer",
    inputs: [value("outer/state", [2]), value("outer/slice", [3, 2])],
    outputs: [value(next, [2])],
  });
  await expectGradients(
    setting,
    {
      inputs: [derived(1, [2]), derived(2, [2, 3, 2], { from: -1, to: 1 }), derived(3, [2])],
      captured: 1,
      attributes: { body: graph, num_scan_inputs: 1 },
    },
    { ulps: 64, fifth: 4096 },
  );
});

/** `loss = Σ end of a Scan over x that starts from zeros`, with a body of one state. */
function scanModel(body: GraphProto, opset = 17): OnnxModel {
  const builder = new GraphBuilder();
  const end = builder.op("Scan", ["start", "x"], {
    name: "loop",
    attributes: { body, num_scan_inputs: 1 },
  });
  builder.op("ReduceSum", [end], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  return builder.model({
    name: "loop",
    inputs: [value("start", [2]), value("x", [3, 2]), value("x2", [2])],
    outputs: [value("loss", [])],
    opset,
  });
}

test("a loop keeps no tensor that is cheap to compute again, and booleans before floats", () => {
  const body = new GraphBuilder("body");
  const sum = body.op("Add", ["body/state", body.op("Sin", ["body/slice"])]);
  const next = body.op("Mul", [body.op("Relu", [sum]), "x2"]);
  const graph = body.graph({
    name: "body",
    inputs: [value("body/state", [2]), value("body/slice", [2])],
    outputs: [value(next, [2])],
  });
  const model = gradientModel(scanModel(graph), { loss: "loss", withRespectTo: ["start", "x"] });
  const loop = model.graph.node.find(({ name }) => name === "loop");
  const kept = loop && graphAttribute(loop, "body")?.output.slice(1);
  // Sin needs the slice, which is there, and Relu needs where it was positive: a boolean.
  expect(kept?.map(({ type: of }) => of?.value.value)).toMatchObject([{ elemType: 9 }]);
});

test("a node of which one output is a sequence and the other is computed again", async () => {
  const body = new GraphBuilder("body");
  const [left, right] = body.ops("Split", ["body/slice", "x2"], {
    attributes: { axis: 0 },
    outputs: ["left", "right"],
  });
  const next = body.op("Mul", [body.op("Mul", ["body/state", left]), right]);
  const graph = body.graph({
    name: "body",
    inputs: [value("body/state", [2]), value("body/slice", [4])],
    outputs: [value(next, [2]), value(left, [2])],
  });
  const inputs = [derived(1, [2]), derived(2, [3, 4], { from: -1, to: 1 }), ints([2, 2])];
  await expectGradients(
    setting,
    { inputs, captured: 1, outputs: 2, attributes: { body: graph, num_scan_inputs: 1 } },
    { ulps: 64, fifth: 4096 },
  );
});

/** Bodies of which the way back reads no value of an iteration. */
const unread: readonly [string, (body: GraphBuilder) => string][] = [
  ["sum", (body) => body.op("Add", ["body/state", "body/slice"])],
  ["scaled state", (body) => body.op("Mul", ["body/state", "x2"])],
  ["difference", (body) => body.op("Sub", ["body/slice", body.op("Neg", ["body/state"])])],
];

test.each(unread.flatMap(([name, add]) => [0, 1].map((reverse) => [name, reverse, add] as const)))(
  "a loop back that reads no value of the forward loop: %s, direction %d",
  async (_, reverse, add) => {
    const body = new GraphBuilder("body");
    const graph = body.graph({
      name: "body",
      inputs: [value("body/state", [2]), value("body/slice", [2])],
      outputs: [value(add(body), [2])],
    });
    const feed = { type, data: Float64Array.of(2, -3), dims: [2] } as const;
    const attributes = {
      body: graph,
      num_scan_inputs: 1,
      scan_input_axes: [1],
      scan_input_directions: [reverse],
    };
    const inputs = [derived(1, [2]), derived(2, [2, 3]), { feed }];
    await expectGradients(setting, { inputs, captured: 1, beside: true, attributes }, { ulps: 64 });
  },
);

test("a state that the loop overwrites gets no gradient through the loop", async () => {
  const body = new GraphBuilder("body");
  const next = body.op("Mul", ["body/slice", "x2"]);
  const graph = body.graph({
    name: "body",
    inputs: [value("body/state", [2]), value("body/slice", [2])],
    outputs: [value(next, [2])],
  });
  const model = gradientModel(scanModel(graph), { loss: "loss", withRespectTo: ["x", "x2"] });
  const run = await openModel(model);
  const feed = (dims: number[], ...data: number[]) => ({
    type: "float64" as const,
    dims,
    data: Float64Array.from(data),
  });
  const feeds = { start: feed([2], 1, 1), x: feed([3, 2], 1, 2, 3, 4, 5, 6), x2: feed([2], 7, 8) };
  const results = await run(feeds);
  expect(numbersOf(results["x.grad"])).toEqual([0, 0, 0, 0, 7, 8]);
  expect(numbersOf(results["x2.grad"])).toEqual([5, 6]);
});

test("operators without a gradient are named in bodies too", () => {
  const body = new GraphBuilder("body");
  const next = body.op("Det", ["body/state"], { name: "inside" });
  const graph = body.graph({
    name: "body",
    inputs: [value("body/state", [2]), value("body/slice", [2])],
    outputs: [value(next, [2])],
  });
  expect(() => gradientModel(scanModel(graph), { loss: "loss", withRespectTo: ["start"] })).toThrow(
    "gradientModel: every operator between the loss and what it is derived by must have a gradient, got none for Det (node inside, opset 17)",
  );
});

test("the Scan of opset 8, with a batch of loops, has no gradient", () => {
  const model = scanModel(sumBody("body"), 8);
  model.graph.valueInfo.push(value("loop", [2]));
  expect(() => gradientModel(model, { loss: "loss", withRespectTo: ["x"] })).toThrow(
    "gradientModel: Scan loop must be of opset 9 or later, got a Scan of a batch",
  );
});
