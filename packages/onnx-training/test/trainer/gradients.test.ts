import { dropout, insertDropout, type OnnxModel } from "@dropoutkit/onnx";
import { describe, expect, test } from "vitest";
import { adam, type Feeds, l2, sgd } from "../../src/index.js";
import { float32, int64, numbersOf } from "../runtime/runModel.js";
import { batch, mlp, noisyMlp } from "./noisyMlp.js";
import { lossesOf, open, trained, weightsOf } from "./trainNoisyMlp.js";

/** The rows of the batch from one to another. */
function rows(from: number, to: number): Feeds {
  const { x, labels } = batch();
  return {
    x: float32([to - from, 4], numbersOf(x).slice(4 * from, 4 * to)),
    labels: int64(numbersOf(labels).slice(from, to)),
  };
}

/** Weights of two runs agree to the roundings of a step: sums of a dozen terms below 1, in another order. */
function expectClose(a: Record<string, number[]>, b: Record<string, number[]>): void {
  for (const [name, values] of Object.entries(a)) {
    values.forEach((value, i) => {
      expect(Math.abs(value - b[name][i]), name).toBeLessThan(32 * 2 ** -24);
    });
  }
}

describe("Trainer.gradients and apply", () => {
  test("together they are a step, to the bit, with clipping and any optimizer", async () => {
    const options = { optimizer: adam({ learningRate: 0.05 }), clip: { norm: 0.1 } };
    const [whole, apart] = [await open(options), await open(options)];
    for (let step = 0; step < 4; step++) {
      const { loss, gradients, outputs } = await apart.gradients(batch());
      const stepped = await whole.step(batch());
      expect(loss).toBe(stepped.loss);
      expect(outputs.logits.data).toEqual(stepped.outputs.logits.data);
      expect(gradients["fc1.weight"].dims).toEqual([8, 4]);
      await apart.apply(gradients);
    }
    expect(weightsOf(await apart.exportModel())).toEqual(weightsOf(await whole.exportModel()));
    expect([apart.steps, apart.updates]).toEqual([4, 4]);
    await whole.dispose();
    await apart.dispose();
  });

  test("the mean of two workers' gradients is that of the whole batch", async () => {
    const workers = [await open({}, mlp()), await open({}, mlp())];
    const whole = await open({}, mlp());
    await whole.step(batch());
    const parts = [await workers[0].gradients(rows(0, 6)), await workers[1].gradients(rows(6, 12))];
    const names = Object.keys(parts[0].gradients);
    const mean = Object.fromEntries(
      names.map((name) => {
        const [a, b] = parts.map(({ gradients }) => numbersOf(gradients[name]));
        const { dims } = parts[0].gradients[name];
        return [
          name,
          float32(
            dims,
            a.map((value, i) => (value + b[i]) / 2),
          ),
        ];
      }),
    );
    for (const worker of workers) await worker.apply(mean);
    const [a, b] = [await workers[0].exportModel(), await workers[1].exportModel()];
    expect(weightsOf(a)).toEqual(weightsOf(b));
    expectClose(weightsOf(a), weightsOf(await whole.exportModel()));
    for (const trainer of [...workers, whole]) await trainer.dispose();
  });

  test("gradients leaves the parameters as they are, and draws anew each time", async () => {
    const trainer = await open();
    const first = await trainer.gradients(batch());
    const second = await trainer.gradients(batch());
    expect(second.loss).not.toBe(first.loss);
    expect([trainer.steps, trainer.updates]).toEqual([2, 0]);
    expect(weightsOf(await trainer.exportModel())).toEqual(weightsOf(mlp()));
    await trainer.dispose();
  });

  test("errors of apply", async () => {
    const trainer = await open();
    const { gradients } = await trainer.gradients(batch());
    const { "fc1.bias": bias, ...others } = gradients;
    await expect(trainer.apply({ ...gradients, fc3: bias })).rejects.toThrow(
      "Trainer.apply: gradients must be of parameters, got fc3",
    );
    await expect(trainer.apply(others)).rejects.toThrow(
      "Trainer.apply: gradients must have one for each parameter, got none for fc1.bias",
    );
    await expect(
      trainer.apply({ ...others, "fc1.bias": float32([2, 4], numbersOf(bias)) }),
    ).rejects.toThrow("Trainer.apply: gradient of fc1.bias must have shape [8], got [2, 4]");
    await expect(trainer.apply({ ...others, "fc1.bias": int64([1]) })).rejects.toThrow(
      "Trainer.apply: gradient of fc1.bias must hold float32, got int64",
    );
    expect(trainer.updates).toBe(0);
    await trainer.dispose();
  });
});

describe("Trainer: accumulate", () => {
  test("so many parts of a batch are a step on the whole", async () => {
    const parts = await open({ accumulate: 3 }, mlp());
    const whole = await open({}, mlp());
    for (let update = 0; update < 3; update++) {
      for (const from of [0, 4, 8]) {
        expect(parts.updates).toBe(update);
        await parts.step(rows(from, from + 4));
      }
      await whole.step(batch());
    }
    expect([parts.steps, parts.updates]).toEqual([9, 3]);
    expectClose(weightsOf(await parts.exportModel()), weightsOf(await whole.exportModel()));
    await parts.dispose();
    await whole.dispose();
  });

  test("each part draws its own masks, and learning rates count updates", async () => {
    const asked: number[] = [];
    const learningRate = (step: number) => {
      asked.push(step);
      return 0.1;
    };
    const trainer = await open({ accumulate: 2, optimizer: sgd({ learningRate }) });
    const [first, second] = await lossesOf(trainer, 2);
    expect(second).not.toBe(first);
    await lossesOf(trainer, 2);
    expect(Math.max(...asked)).toBe(1);
    await trainer.dispose();
  });

  test("it is an integer >= 1", async () => {
    for (const accumulate of [0, 1.5, Number.NaN]) {
      await expect(open({ accumulate })).rejects.toThrow(
        new RangeError(`Trainer: accumulate must be an integer >= 1, got ${accumulate}`),
      );
    }
  });
});

describe("Trainer: rates", () => {
  const at = (rate: number): OnnxModel =>
    insertDropout(mlp(), { variant: dropout({ rate }), after: { opType: "Relu" } });

  test("a schedule gives the losses of models with these rates, to the bit, in one session", async () => {
    const rates = [0.5, 0.25, 0];
    const still = { optimizer: sgd({ learningRate: 0 }) };
    const trainer = await open({ ...still, rates: (step) => rates[step] });
    const losses = await lossesOf(trainer, 3);
    for (const [step, rate] of rates.entries()) {
      const fixed = await open(still, at(rate));
      expect((await lossesOf(fixed, step + 1))[step]).toBe(losses[step]);
      await fixed.dispose();
    }
    await trainer.dispose();
  });

  test("a rate or a site that cannot be is an error, and no step", async () => {
    const trainer = await open({ rates: () => 2 });
    await expect(trainer.step(batch())).rejects.toThrow(
      new RangeError("Trainer: rate must be in [0, 1], got 2"),
    );
    expect(trainer.steps).toBe(0);
    await trainer.dispose();
    const named = await open({ rates: () => ({ other: 0.5 }) });
    await expect(named.step(batch())).rejects.toThrow("Trainer: site must be one of the model");
    await named.dispose();
  });

  test("the export has no inputs of rates, and evaluation needs none", async () => {
    for (const noise of ["feeds", "graph"] as const) {
      const trainer = await open({ rates: () => ({ relu: 0.3 }) }, noisyMlp(noise));
      await lossesOf(trainer, 2);
      await trainer.evaluate(batch());
      const { graph } = await trainer.exportModel();
      expect(graph.input.map(({ name }) => name)).toEqual(["x"]);
      await trainer.dispose();
    }
  });
});

test("Trainer: penalties are added to the loss, and act on the gradient", async () => {
  const before = weightsOf(mlp())["fc1.weight"];
  const weights = ["fc1.weight"];
  const plain = await trained({}, { steps: 1 });
  const decayed = await trained({ penalties: [l2({ factor: 0.1, weights })] }, { steps: 1 });
  decayed["fc1.weight"].forEach((value, i) => {
    // The learning rate is 0.5, the penalty's gradient 2 · 0.1 · w.
    expect(Math.abs(value - (plain["fc1.weight"][i] - 0.1 * before[i]))).toBeLessThan(2 ** -21);
  });
  const trainer = await open({ penalties: [l2({ factor: 0.1, weights })] });
  const twin = await open();
  const penalty = 0.1 * before.reduce((sum, w) => sum + w * w, 0);
  const [penalised, loss] = [await trainer.evaluate(batch()), await twin.evaluate(batch())];
  expect(Math.abs(penalised.loss - loss.loss - penalty)).toBeLessThan(2 ** -20);
  expect(() => l2({ factor: -1, weights })).toThrow(
    "l2: factor must be a finite number >= 0, got -1",
  );
  await trainer.dispose();
  await twin.dispose();
});

test("Trainer.apply: between parts of a batch it is an update of its own", async () => {
  const trainer = await open({ accumulate: 2 }, mlp());
  const twin = await open({ accumulate: 2 }, mlp());
  const none = Object.fromEntries(
    Object.entries((await twin.gradients(batch())).gradients).map(([name, { dims, data }]) => [
      name,
      float32(dims, new Array<number>(data.length).fill(0)),
    ]),
  );
  for (const part of [0, 1]) {
    await twin.step(batch());
    await trainer.step(batch());
    if (part === 0) await trainer.apply(none);
  }
  expect([trainer.updates, twin.updates]).toEqual([2, 1]);
  expect(weightsOf(await trainer.exportModel())).toEqual(weightsOf(await twin.exportModel()));
  await trainer.dispose();
  await twin.dispose();
});
