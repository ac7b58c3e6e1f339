import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, tensorData } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { expect } from "vitest";
import { type Optimizer, Trainer, type TrainerOptions } from "../../src/index.js";

/** Start, and curvature of the loss along each axis. */
export const START: readonly number[] = [1, -2, 3];
const CURVATURE: readonly number[] = [1, 0.5, 4];

/** `loss = sum of c/2 · w²` over some weights, whose gradient is `c · w`; no inputs. */
function quadratic(names: readonly string[]): OnnxModel {
  const builder = new GraphBuilder();
  const constant = (name: string, dims: number[], data: readonly number[]): string =>
    builder.constant(makeTensor({ name, type: "float32", dims, data: Float32Array.from(data) }));
  const half = constant(
    "half",
    [3, 1],
    CURVATURE.map((c) => c / 2),
  );
  const sums = names.map((name) => {
    const w = constant(name, [1, 3], START);
    return builder.op("Gemm", [builder.op("Mul", [w, w]), half]);
  });
  builder.op("Reshape", [builder.op("Sum", sums), builder.ints([])], { outputs: ["loss"] });
  return builder.model({
    name: "quadratic",
    inputs: [],
    outputs: [],
    opset: 17,
  });
}

/** The weights after each of some steps. */
export async function descend(
  optimizer: Optimizer,
  steps: number,
  options: Partial<TrainerOptions> = {},
): Promise<number[][]> {
  const { w } = await pathsOf(["w"], steps, { optimizer, ...options });
  return w;
}

/** The values of some weights, each with a loss of its own, after each of some steps. */
export async function pathsOf(
  names: readonly string[],
  steps: number,
  options: Pick<TrainerOptions, "optimizer"> & Partial<TrainerOptions>,
): Promise<Record<string, number[][]>> {
  const trainer = await Trainer.create(ort, quadratic(names), {
    loss: "loss",
    weights: names,
    ...options,
  });
  const paths: Record<string, number[][]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let step = 0; step < steps; step++) {
    await trainer.step({});
    for (const tensor of (await trainer.exportModel()).graph.initializer) {
      paths[tensor.name]?.push(Array.from(tensorData(tensor).data, Number));
    }
  }
  await trainer.dispose();
  return paths;
}

/** An entry of the weights at a step of a reference. */
export interface Entry {
  readonly w: number;
  /** The loss's gradient by it. */
  readonly g: number;
  readonly i: number;
  /** Counts from 0. */
  readonly step: number;
}

/** The weights after each of 50 steps of a rule that gives an entry's next value, in float64. */
export function follow(next: (entry: Entry) => number): number[][] {
  const w = [...START];
  return Array.from({ length: 50 }, (_, step) => {
    w.forEach((value, i) => {
      w[i] = next({ w: value, g: CURVATURE[i] * value, i, step });
    });
    return [...w];
  });
}

export interface Expected {
  readonly reference: number[][];
  readonly tolerance: number;
}

/** An optimizer's 50 steps are those of a reference, to a tolerance. */
export async function expectPath(optimizer: Optimizer, expected: Expected): Promise<void> {
  expectClose(await descend(optimizer, 50), expected);
}

/** A path of 50 steps is that of a reference, to a tolerance. */
export function expectClose(path: number[][], { reference, tolerance }: Expected): void {
  const errors = reference.flatMap((row, step) =>
    row.map((value, i) => Math.abs(value - path[step][i])),
  );
  expect(errors).toHaveLength(150);
  expect(Math.max(...errors)).toBeLessThan(tolerance);
  // It moves at all, and each entry does.
  expect(START.every((start, i) => path[49][i] !== start)).toBe(true);
}
