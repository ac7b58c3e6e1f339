import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel } from "../../src/index.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";

const SIZE = 64;

/** `y = Dropout(x)`, `loss` its sum; training is fed, a constant, or not given. */
function dropoutModel(opset: number, training: "fed" | "on" | "off" | "none") {
  const builder = new GraphBuilder();
  const mode =
    training === "fed" ? ["training"] : [builder.scalar("bool", training === "on" ? 1 : 0)];
  const more = opset < 12 || training === "none" ? [] : [builder.scalar("float32", 0.25), ...mode];
  const attributes = opset < 12 ? { ratio: { float: 0.25 } } : undefined;
  builder.op("Dropout", ["x", ...more], { attributes, name: "drop", outputs: ["y"] });
  builder.op("ReduceSum", ["y"], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  const model = builder.model({
    name: "dropout",
    inputs: [
      makeValueInfo("x", { type: "float32", dims: [SIZE] }),
      ...(training === "fed" ? [makeValueInfo("training", { type: "bool", dims: [] })] : []),
    ],
    outputs: [
      makeValueInfo("y", { type: "float32", dims: [SIZE] }),
      makeValueInfo("loss", { type: "float32", dims: [] }),
    ],
    opset,
  });
  return gradientModel(model, { loss: "loss", withRespectTo: ["x"] });
}

const x: Feed = { type: "float32", data: new Float32Array(SIZE).fill(3), dims: [SIZE] };
const flag = (on: boolean): Feed => ({ type: "bool", data: Uint8Array.of(on ? 1 : 0), dims: [] });

test.each([
  [7, "none"],
  [10, "none"],
  [12, "none"],
  [12, "off"],
  [13, "off"],
] as const)(
  "Dropout: in inference its gradient is the identity's, opset %d, training %s",
  async (opset, training) => {
    const run = await openModel(dropoutModel(opset, training));
    const results = await run({ x });
    expect(new Set(numbersOf(results["x.grad"]))).toEqual(new Set([1]));
  },
);

test.each([
  [12, "on"],
  [13, "fed"],
  [22, "on"],
] as const)(
  "Dropout: in training the gradient has the mask of the forward pass, opset %d, training %s",
  async (opset, training) => {
    const run = await openModel(dropoutModel(opset, training));
    const results = await run({ x, ...(training === "fed" && { training: flag(true) }) });
    const y = numbersOf(results.y);
    expect(y).toContain(0);
    // x is 3: y / 3 is 1 / (1 - 0.25) within the last place, or 0.
    numbersOf(results["x.grad"]).forEach((gradient, i) => {
      expect(Math.abs(gradient - y[i] / 3)).toBeLessThanOrEqual(2 ** -22);
    });
    if (training !== "fed") return;
    const off = await run({ x, training: flag(false) });
    expect(new Set(numbersOf(off["x.grad"]))).toEqual(new Set([1]));
  },
);
