import { GraphBuilder, makeTensor, type OnnxModel, tensorData } from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { expect } from "vitest";
import { type Optimizer, Trainer, type TrainerOptions } from "../../src/index.js";

/** Start, and curvature of the loss along each axis. */
export const START: readonly number[] = [1, -2, 3];
const CURVATURE: readonly number[] = [1, 0.5, 4];

/** `loss = sum of c/2 · w²`, whose gradient is `c · w`; no inputs. */
function quadratic(): OnnxModel {
  const builder = new GraphBuilder();
  const constant = (name: string, dims: number[], data: readonly number[]): string =>
    builder.constant(makeTensor({ name, type: "float32", dims, data: Float32Array.from(data) }));
  const w = constant("w", [1, 3], START);
  const half = constant(
    "half",
    [3, 1],
    CURVATURE.map((c) => c / 2),
  );
  const sum = builder.op("Gemm", [builder.op("Mul", [w, w]), half]);
  builder.op("Reshape", [sum, builder.ints([])], { outputs: ["loss"] });
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
  const trainer = await Trainer.create(ort, quadratic(), {
    loss: "loss",
    optimizer,
    trainable: ["w"],
    ...options,
  });
  const path: number[][] = [];
  for (let step = 0; step < steps; step++) {
    await trainer.step({});
    const [w] = (await trainer.exportModel()).graph.initializer;
    path.push(Array.from(tensorData(w).data, Number));
  }
  await trainer.dispose();
  return path;
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

/** An optimizer's 50 steps are those of a reference, to a tolerance. */
export async function expectPath(
  optimizer: Optimizer,
  { reference, tolerance }: { readonly reference: number[][]; readonly tolerance: number },
): Promise<void> {
  const path = await descend(optimizer, 50);
  const errors = reference.flatMap((row, step) =>
    row.map((value, i) => Math.abs(value - path[step][i])),
  );
  expect(errors).toHaveLength(150);
  expect(Math.max(...errors)).toBeLessThan(tolerance);
  // It moves at all, and each entry does.
  expect(START.every((start, i) => path[49][i] !== start)).toBe(true);
}
