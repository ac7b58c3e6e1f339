import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { adamW, Trainer, type TrainerOptions } from "../../src/index.js";
import { float32 } from "../runtime/runModel.js";

type Weight = (name: string, dims: readonly number[], data: readonly number[]) => string;

/** What reads a tensor `other` that no gradient reaches, of an image `[1, 1, 2, 2]`. */
const readers: Readonly<
  Record<string, (builder: GraphBuilder, image: string, weight: Weight) => string>
> = {
  "scales of Resize": (builder, image, weight) =>
    builder.op("Resize", [image, "", weight("other", [4], [1, 1, 2, 2])]),
  "thresholds of Greater": (builder, image, weight) => {
    const large = builder.op("Greater", [image, weight("other", [1, 1, 2, 2], [0, 1, 2, 3])]);
    return builder.op("Mul", [image, builder.op("Cast", [large], { attributes: { to: 1 } })]);
  },
  "a mask of -Infinity": (builder, image, weight) => {
    const rows = builder.op("Add", [image, weight("other", [2], [0, Number.NEGATIVE_INFINITY])]);
    return builder.op("Softmax", [rows], { attributes: { axis: -1 } });
  },
};

const refusals: Readonly<Record<string, string>> = {
  "scales of Resize":
    "Trainer: every operator between the loss and what it is derived by must have a gradient, got none for Resize (node Resize, opset 17) by input 2, other",
  "thresholds of Greater":
    "Trainer: loss loss must depend on other, got no way between them that a gradient goes",
  "a mask of -Infinity": "Trainer: parameter other must be finite, got -Infinity at index 1",
};

function model(kind: string): OnnxModel {
  const builder = new GraphBuilder();
  const weight: Weight = (name, dims, data) =>
    builder.constant(makeTensor({ name, type: "float32", dims, data: Float32Array.from(data) }));
  const product = builder.op("Mul", ["x", weight("w", [1, 1, 2, 2], [1, 2, 3, 4])]);
  const y = readers[kind](builder, product, weight);
  const square = builder.op("Mul", [y, y]);
  builder.op("ReduceMean", [square], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  return builder.model({
    name: kind,
    inputs: [makeValueInfo("x", { type: "float32", dims: [1, 1, 2, 2] })],
    outputs: [],
    opset: 17,
  });
}

const open = (kind: string, weights?: TrainerOptions["weights"]): Promise<Trainer> =>
  Trainer.create(ort, model(kind), {
    loss: "loss",
    optimizer: adamW({ learningRate: 0.1, weightDecay: 0.1 }),
    ...(weights && { weights }),
  });

describe.each(Object.keys(readers))("Trainer: %s", (kind) => {
  test("are not trained by default, nor by a pattern", async () => {
    for (const weights of [undefined, /./] as const) {
      const trainer = await open(kind, weights);
      expect(trainer.parameters).toEqual([{ name: "w", dims: [1, 1, 2, 2] }]);
      await trainer.step({ x: float32([1, 1, 2, 2], [1, 2, 3, 4]) });
      await trainer.dispose();
    }
  });

  test("named is an error", async () => {
    await expect(open(kind, ["w", "other"])).rejects.toThrow(refusals[kind]);
  });
});
