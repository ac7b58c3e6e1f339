import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { type MaxNorm, sgd, Trainer } from "../../src/index.js";
import { descend, START } from "../optimizers/quadratic.js";
import { numbersOf } from "../runtime/runModel.js";
import { batch, mlp } from "./noisyMlp.js";
import { open, trained, weightsOf } from "./trainNoisyMlp.js";

const lengthOf = (values: readonly number[]): number => Math.hypot(...values);

describe("Trainer: clip", () => {
  test("by norm: all parameters' gradients together get the limit's length, and their direction stays", async () => {
    const free = await open({}, mlp());
    const { gradients } = await free.gradients(batch());
    const all = Object.values(gradients).flatMap(numbersOf);
    const limit = lengthOf(all) / 4;
    const before = weightsOf(mlp());
    // Two groups: the norm is over both.
    const optimizer = sgd({ learningRate: 1 });
    const groups = [{ weights: /bias/, optimizer }];
    const clipped = await trained(
      { optimizer, groups, clip: { norm: limit } },
      { steps: 1, model: mlp() },
    );
    for (const [name, gradient] of Object.entries(gradients)) {
      numbersOf(gradient).forEach((value, i) => {
        const step = before[name][i] - clipped[name][i];
        // The step is read off weights below 1, which are off by 2^-24, and the factor by some roundings.
        expect(Math.abs(step - value / 4)).toBeLessThan(8 * 2 ** -24);
      });
    }
    await free.dispose();
  });

  test("by norm: shorter gradients are as they were, to the bit", async () => {
    expect(await trained({ clip: { norm: 1e6 } })).toEqual(await trained({}));
  });

  test("by value: entries outside are put to the limit", async () => {
    const rate = 0.125;
    const optimizer = sgd({ learningRate: rate });
    // Gradients 1, -1 and 12 at the start.
    const [first] = await descend(optimizer, 1, { clip: { value: 2 } });
    expect(first).toEqual([START[0] - rate, START[1] + rate, START[2] - 2 * rate]);
  });

  test("limits are positive", async () => {
    await expect(open({ clip: { norm: 0 } })).rejects.toThrow(
      new RangeError("Trainer: clip.norm must be a finite number > 0, got 0"),
    );
    await expect(open({ clip: { value: Number.NaN } })).rejects.toThrow(
      new RangeError("Trainer: clip.value must be a finite number > 0, got NaN"),
    );
  });
});

/** `loss = mean of x · w`, `w [3, 2]`. */
function linear(opset: number): OnnxModel {
  const builder = new GraphBuilder();
  const uniforms = drawUniform({ seed: 1, site: "w", step: 0, shape: [3, 2] });
  const data = uniforms.map((u) => 4 * u - 2);
  builder.constant(makeTensor({ name: "w", type: "float32", dims: [3, 2], data }));
  const y = builder.op("Gemm", ["x", "w", builder.scalar("float32", 0)]);
  builder.op("ReduceMean", [y], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  return builder.model({
    name: "linear",
    inputs: [makeValueInfo("x", { type: "float32", dims: [1, 3] })],
    outputs: [],
    opset,
  });
}

describe("Trainer: maxNorm", () => {
  const hold = async (maxNorm: MaxNorm) => trained({ maxNorm }, { steps: 1, model: mlp() });

  test("rows of a transposed Gemm that are longer than the limit get its length, others stay", async () => {
    const free = await trained({}, { steps: 1, model: mlp() });
    const rowsOf = (weights: number[]) =>
      Array.from({ length: 8 }, (_, unit) => weights.slice(4 * unit, 4 * unit + 4));
    const lengths = rowsOf(free["fc1.weight"])
      .map(lengthOf)
      .sort((a, b) => a - b);
    const limit = (lengths[3] + lengths[4]) / 2;
    const held = await hold({ limit, weights: ["fc1.weight"] });
    const rows = rowsOf(held["fc1.weight"]);
    rowsOf(free["fc1.weight"]).forEach((row, unit) => {
      const length = lengthOf(row);
      const factor = Math.min(1, limit / length);
      row.forEach((value, i) => {
        expect(Math.abs(rows[unit][i] - value * factor)).toBeLessThan(8 * 2 ** -24 * length);
      });
      if (length < limit) expect(rows[unit]).toEqual(row);
    });
    expect(held["fc2.weight"]).toEqual(free["fc2.weight"]);
  });

  test("axes that are given go before those of the operator", async () => {
    const held = await hold({ limit: 0.5, weights: ["fc1.weight"], axes: [0, 1] });
    expect(Math.abs(lengthOf(held["fc1.weight"]) - 0.5)).toBeLessThan(2 ** -20);
  });

  test.each([7, 10, 11, 13, 18])("columns of a Gemm, opset %d", async (opset) => {
    const trainer = await Trainer.create(ort, linear(opset), {
      loss: "loss",
      optimizer: sgd({ learningRate: 0 }),
      weights: ["w"],
      maxNorm: { limit: 0.25, weights: ["w"] },
      clip: { norm: 1, value: 1 },
    });
    await trainer.step({ x: new ort.Tensor("float32", Float32Array.of(1, 2, 3), [1, 3]) });
    const { w } = weightsOf(await trainer.exportModel());
    for (const unit of [0, 1]) {
      const length = lengthOf([w[unit], w[unit + 2], w[unit + 4]]);
      expect(Math.abs(length - 0.25)).toBeLessThan(2 ** -22);
    }
    await trainer.dispose();
  });

  test("errors", async () => {
    await expect(open({ maxNorm: { limit: -1, weights: /weight/ } })).rejects.toThrow(
      new RangeError("Trainer: maxNorm.limit must be a finite number > 0, got -1"),
    );
    await expect(open({ maxNorm: { limit: 1, weights: /bias/ } })).rejects.toThrow(
      "Trainer: maxNorm must be given axes for weights that are not of Gemm, MatMul, Conv, ConvTranspose, or of two in different ways, got fc1.bias",
    );
    await expect(open({ maxNorm: { limit: 1, weights: /kernel/ } })).rejects.toThrow(
      "Trainer: maxNorm.weights must choose weights of the model, got none",
    );
  });
});
