import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import { expect } from "vitest";
import { gradientModel, type Loss } from "../../src/index.js";
import { type Feed, numbersOf, openModel } from "../runtime/runModel.js";

export interface LossCase {
  readonly loss: Loss;
  /** Shape and values of the tensor `y` that the loss is of. */
  readonly dims: readonly number[];
  readonly y: readonly number[];
  /** What the loss compares with. */
  readonly feeds: Readonly<Record<string, Feed>>;
  /** The loss by its definition, in float64. */
  readonly reference: (y: readonly number[]) => number;
  /** Default: 17. */
  readonly opset?: number;
}

/**
 * A loss is its reference, and its gradient is that of the reference. Float32 is off by some dozen roundings of
 * 2^-24 relative to the largest term; the central difference of the reference, of step h, by h² and 2^-53 / h,
 * both below 1e-9 for h = 1e-5. Values are below 10.
 */
export async function expectLoss({
  loss,
  dims,
  y,
  feeds,
  reference,
  opset = 17,
}: LossCase): Promise<void> {
  const builder = new GraphBuilder();
  builder.op("Identity", ["x"], { outputs: ["y"] });
  const value = (name: string) => makeValueInfo(name, { type: "float32", dims });
  const model = builder.model({ name: "y", inputs: [value("x")], outputs: [value("y")], opset });
  const gradients = gradientModel(model, { loss, withRespectTo: ["x"] });
  const tensor = loss.addTo(model).tensor;
  gradients.graph.output.push(makeValueInfo(tensor, { type: "float32", dims: [] }));
  const run = await openModel(gradients);
  const x: Feed = { type: "float32", data: Float32Array.from(y), dims };
  const results = await run({ ...feeds, x });
  const tolerance = 24 * 10 * 2 ** -24;
  const exact = Array.from(Float32Array.from(y));
  expect(Math.abs(numbersOf(results[tensor])[0] - reference(exact))).toBeLessThan(tolerance);
  const h = 1e-5;
  numbersOf(results["x.grad"]).forEach((gradient, i) => {
    const moved = (by: number) => reference(exact.map((v, at) => (at === i ? v + by : v)));
    const expected = (moved(h) - moved(-h)) / (2 * h);
    expect(Math.abs(gradient - expected), `entry ${i}`).toBeLessThan(tolerance);
  });
}

export const floats = (dims: readonly number[], data: readonly number[]): Feed => ({
  type: "float32",
  data: Float32Array.from(data),
  dims,
});

export const labelsOf = (dims: readonly number[], data: readonly number[]): Feed => ({
  type: "int64",
  data: BigInt64Array.from(data, BigInt),
  dims,
});

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** log softmax of one row, in float64. */
export function logSoftmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const sum = row.reduce((total, z) => total + Math.exp(z - most), 0);
  return row.map((z) => z - most - Math.log(sum));
}
