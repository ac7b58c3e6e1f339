import { GraphBuilder, makeTensor, type OnnxModel, tensorData } from "@dropoutkit/onnx";
import * as ort from "onnxruntime-web";
import { type Optimizer, Trainer } from "../../src/index.js";

/** Start, and curvature of the loss along each axis. */
export const START: readonly number[] = [1, -2, 3];
export const CURVATURE: readonly number[] = [1, 0.5, 4];

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
export async function descend(optimizer: Optimizer, steps: number): Promise<number[][]> {
  const trainer = await Trainer.create(ort, quadratic(), {
    loss: "loss",
    optimizer,
    trainable: ["w"],
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
