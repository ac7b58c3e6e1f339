import { dropout } from "@dropoutkit/core";
import { insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import {
  GraphBuilder,
  makeTensor,
  makeValueInfo,
  type NoiseSource,
  tensorData,
} from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { meanSquaredError, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { float32 } from "../runtime/runModel.js";

const weights = Float32Array.from({ length: 8 }, (_, i) => (i - 3) / 4);

/** `x [batch, 4]`, as many `rows` as an input says, dropout over these, and `y [batch, 2]`. */
function regrouped(noise: NoiseSource): OnnxModel {
  const b = new GraphBuilder();
  b.op("Reshape", ["x", "sizes"], { outputs: ["rows"] });
  const back = b.op("Reshape", ["rows", b.ints([-1, 4])]);
  const w = b.constant(makeTensor({ name: "w", type: "float32", dims: [4, 2], data: weights }));
  b.op("MatMul", [back, w], { outputs: ["y"] });
  const model = b.model({
    name: "regrouped",
    inputs: [
      makeValueInfo("x", { type: "float32", dims: ["batch", 4] }),
      makeValueInfo("sizes", { type: "int64", dims: [2] }),
    ],
    outputs: [makeValueInfo("y", { type: "float32", dims: ["batch", 2] })],
    opset: 18,
  });
  return insertDropout(model, {
    variant: dropout({ rate: 0.5 }),
    after: { tensor: "rows" },
    noise,
  });
}

const batch = (): Record<string, ort.Tensor> => ({
  x: float32(
    [3, 4],
    Float32Array.from({ length: 12 }, (_, i) => 1 + i / 8),
  ),
  sizes: new ort.Tensor("int64", BigInt64Array.of(6n, 2n), [2]),
  target: float32([3, 2], new Float32Array(6)),
});

const create = (noise: NoiseSource, dims?: TrainerOptions["dims"]): Promise<Trainer> =>
  Trainer.create(ort, regrouped(noise), {
    loss: meanSquaredError({ prediction: "y" }),
    optimizer: sgd({ learningRate: 0.01 }),
    weights: ["w"],
    dims,
  });

async function trained(trainer: Trainer): Promise<number[]> {
  for (let step = 0; step < 3; step++) await trainer.step(batch());
  const { graph } = await trainer.exportModel();
  await trainer.dispose();
  const tensor = graph.initializer.find(({ name }) => name === "w");
  return tensor === undefined ? [] : Array.from(tensorData(tensor).data, Number);
}

describe("Trainer: dims", () => {
  test("where inputs do not tell the noise's sizes, it is fed as it is drawn in the graph, to the bit", async () => {
    const fed = await trained(await create("feeds", { "rows.0": 6, "rows.1": 2 }));
    expect(fed).toEqual(await trained(await create("graph")));
    expect(fed).not.toEqual([...weights]);
  });

  test("a size that neither tells is an error that names it", async () => {
    const trainer = await create("feeds", { "rows.0": 6 });
    await expect(trainer.step(batch())).rejects.toThrow("dims must have a size for rows.1");
    await trainer.dispose();
  });

  test("sizes that are none are an error", async () => {
    for (const size of [-1, 1.5, Number.NaN]) {
      await expect(create("feeds", { "rows.0": size })).rejects.toThrow(
        new RangeError(`Trainer: dims must have integers >= 0, got rows.0: ${size}`),
      );
    }
  });

  test("sizes that a batch tells go before them", async () => {
    const dims = { "rows.0": 6, "rows.1": 2 };
    const other = await trained(await create("feeds", { ...dims, batch: 5 }));
    expect(other).toEqual(await trained(await create("feeds", dims)));
  });
});
