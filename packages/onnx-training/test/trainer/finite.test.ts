import { drawUniform } from "@dropoutkit/core/adapter";
import type { OnnxModel } from "@dropoutkit/onnx";
import { GraphBuilder, makeTensor, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { adam, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { float32, numbersOf } from "../runtime/runModel.js";
import { batch, mlp } from "./noisyMlp.js";
import { lossesOf, open, weightsOf } from "./trainNoisyMlp.js";

/** `x [batch, 4] -> body -> loss`, its mean. The body gets a function that makes weights. */
function meanOf(
  body: (builder: GraphBuilder, weight: (name: string, dims: number[]) => string) => string,
): OnnxModel {
  const builder = new GraphBuilder();
  const y = body(builder, (name, dims) => {
    const data = drawUniform({ seed: 1, site: name, step: 0, shape: dims });
    return builder.constant(makeTensor({ name, type: "float32", dims, data }));
  });
  builder.op("ReduceMean", [y], { attributes: { keepdims: 0 }, outputs: ["loss"] });
  return builder.model({
    name: "mean",
    inputs: [makeValueInfo("x", { type: "float32", dims: ["batch", 4] })],
    outputs: [],
    opset: 13,
  });
}

const product = meanOf((builder, weight) => builder.op("MatMul", ["x", weight("w", [4, 1])]));

/** sqrt(x · w) is 0 at x = 0, where the root's gradient is infinite, and w's is 0 · Infinity. */
const roots = meanOf((builder, weight) =>
  builder.op("Sqrt", [builder.op("MatMul", ["x", weight("w", [4, 1])])]),
);

const normalised = meanOf((builder, weight) => {
  const weights = ["scale", "shift", "mean", "variance"].map((name) => weight(name, [4]));
  const normal = builder.op("BatchNormalization", ["x", ...weights]);
  return builder.op("MatMul", [normal, weight("w", [4, 1])]);
});

const openMean = (model: OnnxModel, options: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  Trainer.create(ort, model, {
    loss: "loss",
    optimizer: adam({ learningRate: 0.05 }),
    weights: ["w"],
    ...options,
  });

const good = { x: float32([2, 4], [1, 2, 3, 4, 1, 1, 1, 1]) };
const bad = { x: float32([2, 4], [1, 2, 3, 4, 0, 0, 0, 0]) };

/** All of a trainer's state, in one file. */
const stateOf = (trainer: Trainer): Promise<Uint8Array> => trainer.checkpoint();

describe("Trainer: a gradient that is not finite", () => {
  test.each<readonly [string, Partial<TrainerOptions>]>([
    ["in one run", {}],
    ["in parts of a batch", { accumulate: 2 }],
    ["clipped by norm", { clip: { norm: 1 } }],
    ["clipped by value, which would hide it", { clip: { value: 1 } }],
  ])("%s, under a finite loss: an error of step, and all is as it was", async (_, options) => {
    const trainer = await openMean(roots, options);
    for (let step = 0; step < 3; step++) await trainer.step(good);
    const before = await stateOf(trainer);
    expect(Number.isFinite((await trainer.evaluate(bad)).loss)).toBe(true);
    await expect(trainer.step(bad)).rejects.toThrow(
      "Trainer.step: gradients must be finite, got NaN at step 3",
    );
    await expect(trainer.gradients(bad)).rejects.toThrow(
      "Trainer.gradients: gradients must be finite, got NaN at step 3",
    );
    expect(await stateOf(trainer)).toEqual(before);
    await trainer.step(good);
    expect(trainer.steps).toBe(4);
    await trainer.dispose();
  });

  test.each<readonly [string, OnnxModel, number, string]>([
    ["a gradient whose square is not, which Adam would keep", product, 1e20, "gradients"],
    ["a batch's variance", normalised, 1e25, "gradients and statistics"],
  ])("%s, under a finite loss: an error, too", async (_, model, value, what) => {
    const trainer = await openMean(model);
    await trainer.step(good);
    const before = await stateOf(trainer);
    const large = { x: float32([2, 4], [value, 1, 1, 1, 0, 0, 0, 0]) };
    expect(Number.isFinite((await trainer.evaluate(large)).loss)).toBe(true);
    await expect(trainer.step(large)).rejects.toThrow(
      `Trainer.step: ${what} must be finite, got Infinity at step 1`,
    );
    expect(await stateOf(trainer)).toEqual(before);
    await trainer.dispose();
  });

  test("given to apply: the parameter and the entry are named", async () => {
    const trainer = await open({ optimizer: sgd({ learningRate: 1 }) }, mlp());
    const { gradients } = await trainer.gradients(batch());
    const bias = numbersOf(gradients["fc1.bias"]);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const broken = {
        ...gradients,
        "fc1.bias": float32([8], [...bias.slice(0, 5), value, ...bias.slice(6)]),
      };
      await expect(trainer.apply(broken)).rejects.toThrow(
        new RangeError(
          `Trainer.apply: gradient of fc1.bias must be finite, got ${value} at index 5`,
        ),
      );
    }
    expect(weightsOf(await trainer.exportModel())).toEqual(weightsOf(mlp()));
    expect(await lossesOf(trainer, 1)).toHaveLength(1);
    await trainer.dispose();
  });
});

describe("Trainer: an update that is not finite", () => {
  const ways: readonly (readonly [string, Partial<TrainerOptions>, string])[] = [
    ["a learning rate", { optimizer: adam({ learningRate: (i) => (i < 2 ? 0.1 : 1e39) }) }, "w"],
    [
      "a learning rate, in parts of a batch",
      { accumulate: 2, optimizer: sgd({ learningRate: (i) => (i < 2 ? 0.1 : 1e39) }) },
      "w",
    ],
    ["a velocity", { optimizer: momentumThatExplodes() }, "the optimizer's velocity of w"],
  ];

  /** An optimizer whose weights stay, and whose slot grows beyond float32 at the third update. */
  function momentumThatExplodes(): NonNullable<TrainerOptions["optimizer"]> {
    return {
      ...sgd({ learningRate: 1 }),
      slots: ["velocity"],
      scalars: (update) => ({ factor: update < 2 ? 0 : 1e39 }),
      update: ({ builder, parameter, gradient, slots, scalars }) => ({
        parameter: builder.op("Sub", [
          parameter,
          builder.op("Mul", [gradient, builder.scalar("float32", 0.1)]),
        ]),
        slots: {
          velocity: builder.op("Add", [
            slots.velocity,
            builder.op("Mul", [gradient, scalars.factor]),
          ]),
        },
      }),
    };
  }

  test.each(ways)(
    "%s: an error of step and of apply, and all is as it was",
    async (_, options, what) => {
      const trainer = await openMean(product, options);
      const parts = options.accumulate ?? 1;
      for (let step = 0; step < 2 * parts + parts - 1; step++) await trainer.step(good);
      const before = await stateOf(trainer);
      const sentence = `${what} must be finite after the update, got `;
      await expect(trainer.step(good)).rejects.toThrow(`Trainer.step: ${sentence}`);
      expect(await stateOf(trainer)).toEqual(before);
      const { gradients } = await trainer.gradients(good);
      const after = await stateOf(trainer);
      await expect(trainer.apply(gradients)).rejects.toThrow(`Trainer.apply: ${sentence}`);
      expect(await stateOf(trainer)).toEqual(after);
      await trainer.dispose();
    },
  );

  test("weights as large as they can be are finite, though their mean is not", async () => {
    const zero = float32([2, 4], new Array<number>(8).fill(0));
    const model = meanOf((builder) =>
      builder.op("MatMul", [
        "x",
        builder.constant(
          makeTensor({
            name: "w",
            type: "float32",
            dims: [4, 1],
            data: new Float32Array(4).fill(3e38),
          }),
        ),
      ]),
    );
    const trainer = await openMean(model, { optimizer: sgd({ learningRate: 1 }) });
    await trainer.step({ x: zero });
    await trainer.apply((await trainer.gradients({ x: zero })).gradients);
    expect(trainer.updates).toBe(2);
    await trainer.dispose();
  });

  test("an error of the learning rate's function leaves all as it was", async () => {
    const learningRate = (update: number): number => {
      if (update === 0) return 0.1;
      throw new Error("no more rates");
    };
    const trainer = await openMean(product, { accumulate: 2, optimizer: sgd({ learningRate }) });
    for (let step = 0; step < 3; step++) await trainer.step(good);
    const before = await stateOf(trainer);
    await expect(trainer.step(good)).rejects.toThrow("no more rates");
    expect(await stateOf(trainer)).toEqual(before);
    await trainer.dispose();
  });
});
