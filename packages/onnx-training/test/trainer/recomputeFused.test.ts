import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { adam, crossEntropy, type Recompute, Trainer } from "../../src/index.js";
import { batch } from "./noisyMlp.js";

const WIDTH = 4;

/** Layers of a GELU and a layer normalisation as exporters write them, which the runtime makes one kernel of. */
function fusible(): OnnxModel {
  const builder = new GraphBuilder();
  const weight = (name: string, ...dims: number[]): string => {
    const data = drawUniform({ seed: 1, site: name, step: 0, shape: dims }).map((u) => 2 * u - 1);
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  };
  const scalar = (value: number): string => builder.scalar("float32", value);
  const attributes = { axes: [-1], keepdims: 1 };
  let x = "x";
  for (let layer = 0; layer < 6; layer++) {
    const h = builder.op("MatMul", [x, weight(`w${layer}`, WIDTH, WIDTH)]);
    const erf = builder.op("Erf", [builder.op("Div", [h, scalar(Math.SQRT2)])]);
    const product = builder.op("Mul", [h, builder.op("Add", [erf, scalar(1)])]);
    const gelu = builder.op("Mul", [product, scalar(0.5)]);
    const centred = builder.op("Sub", [gelu, builder.op("ReduceMean", [gelu], { attributes })]);
    const square = builder.op("Pow", [centred, scalar(2)]);
    const variance = builder.op("ReduceMean", [square], { attributes });
    const deviation = builder.op("Sqrt", [builder.op("Add", [variance, scalar(1e-5)])]);
    const normal = builder.op("Div", [centred, deviation]);
    const scaled = builder.op("Mul", [normal, weight(`scale${layer}`, WIDTH)]);
    x = builder.op("Add", [scaled, weight(`shift${layer}`, WIDTH)]);
  }
  builder.op("MatMul", [x, weight("head", WIDTH, 3)], { outputs: ["logits"] });
  return builder.model({
    name: "fusible",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", WIDTH] })],
    outputs: [makeValueInfo("logits", { type: "float32", dims: ["batch", 3] })],
    opset: 17,
  });
}

const open = (
  graphOptimizationLevel: "disabled" | "basic" | "all",
  recompute?: Recompute,
): Promise<Trainer> =>
  Trainer.create(ort, fusible(), {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: 0.01 }),
    session: { graphOptimizationLevel },
    ...(recompute && { recompute }),
  });

async function lossesOf(trainer: Trainer): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < 6; step++) losses.push((await trainer.step(batch())).loss);
  await trainer.dispose();
  return losses;
}

test.each(["disabled", "basic"] as const)(
  "recompute: without extended optimisations (%s) losses are those without it, to the bit",
  async (level) => {
    const losses = await lossesOf(await open(level));
    expect(await lossesOf(await open(level, "auto"))).toEqual(losses);
    expect(new Set(losses).size).toBe(6);
  },
);

test("recompute: a name that no node makes is an error of the Trainer", async () => {
  await expect(open("all", ["x"])).rejects.toThrow(
    "Trainer: recompute must name tensors that the model computes, got x",
  );
});
