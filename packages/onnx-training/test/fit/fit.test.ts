import { describe, expect, test } from "vitest";
import { adam, type BatchReport, type EpochReport, type Feeds, sgd } from "../../src/index.js";
import { float32, int64, numbersOf } from "../runtime/runModel.js";
import { batch } from "../trainer/noisyMlp.js";
import { lossesOf, open, weightsOf } from "../trainer/trainNoisyMlp.js";

/** The batch in three of four examples. */
function thirds(): Feeds[] {
  const { x, labels } = batch();
  return [0, 4, 8].map((at) => ({
    x: float32([4, 4], numbersOf(x).slice(4 * at, 4 * at + 16)),
    labels: int64(numbersOf(labels).slice(at, at + 4)),
  }));
}

async function* asTheyCome(): AsyncGenerator<Feeds> {
  for (const part of thirds()) yield await Promise.resolve(part);
}

describe("Trainer.fit", () => {
  test("is the steps over its batches, told one by one, whatever gives them", async () => {
    const byHand = await open();
    const losses: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const part of thirds()) losses.push((await byHand.step(part)).loss);
    }
    for (const data of [thirds(), new Set(thirds()), () => thirds(), asTheyCome]) {
      const trainer = await open();
      const batches: BatchReport[] = [];
      const told: EpochReport[] = [];
      const { epochs, stoppedEarly } = await trainer.fit({
        data,
        epochs: 2,
        onBatch: (report) => void batches.push(report),
        onEpoch: async (report) => void told.push(await Promise.resolve(report)),
      });
      expect(batches.map(({ loss }) => loss)).toEqual(losses);
      expect(batches.map(({ epoch, batch: at }) => [epoch, at])).toEqual(
        [0, 1].flatMap((epoch) => [0, 1, 2].map((at) => [epoch, at])),
      );
      expect(told).toEqual(epochs);
      expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1]);
      expect(epochs[1].loss).toBeCloseTo((losses[3] + losses[4] + losses[5]) / 3, 12);
      expect(epochs[1].validationLoss).toBeUndefined();
      expect(stoppedEarly).toBe(false);
      await trainer.dispose();
    }
    await byHand.dispose();
  });

  test("an epoch's losses are means over examples, of batches of different sizes", async () => {
    const trainer = await open({ optimizer: sgd({ learningRate: 0 }) });
    const [first] = thirds();
    const { epochs } = await trainer.fit({ data: [batch()], validation: [batch(), first] });
    const [whole, part] = [await trainer.evaluate(batch()), await trainer.evaluate(first)];
    const expected = (12 * whole.loss + 4 * part.loss) / 16;
    expect(epochs[0].validationLoss).toBeCloseTo(expected, 12);
    await trainer.dispose();
  });

  test("early stopping ends it, and goes back to the best epoch's state", async () => {
    // The rate grows until training leaves what it had reached.
    const learningRate = (step: number) => (step < 4 ? 0.05 : 5);
    const options = { optimizer: adam({ learningRate }) };
    const [trainer, twin] = [await open(options), await open(options)];
    const { epochs, stoppedEarly } = await trainer.fit({
      data: [batch()],
      validation: [batch()],
      epochs: 50,
      earlyStopping: { patience: 3 },
    });
    expect(stoppedEarly).toBe(true);
    const validation = epochs.map(({ validationLoss = Number.NaN }) => validationLoss);
    const best = validation.indexOf(Math.min(...validation));
    expect(epochs).toHaveLength(best + 4);
    // The state goes back, the counts do not.
    expect([trainer.steps, trainer.updates]).toEqual([best + 4, best + 4]);
    await lossesOf(twin, best + 1);
    expect(weightsOf(await trainer.exportModel())).toEqual(weightsOf(await twin.exportModel()));
    await trainer.dispose();
    await twin.dispose();
  });

  test("with early stopping that does not come, it ends with the best epoch's state, too", async () => {
    const options = { optimizer: sgd({ learningRate: (step: number) => (step < 3 ? 0.1 : 50) }) };
    const [trainer, twin] = [await open(options), await open(options)];
    const { epochs, stoppedEarly } = await trainer.fit({
      data: [batch()],
      validation: [batch()],
      epochs: 5,
      earlyStopping: { patience: 5 },
    });
    expect(stoppedEarly).toBe(false);
    const validation = epochs.map(({ validationLoss = Number.NaN }) => validationLoss);
    const best = validation.indexOf(Math.min(...validation));
    expect(best).toBeLessThan(4);
    await lossesOf(twin, best + 1);
    expect(weightsOf(await trainer.exportModel())).toEqual(weightsOf(await twin.exportModel()));
    await trainer.dispose();
    await twin.dispose();
  });

  test("a loss that falls by less than minDelta counts as none", async () => {
    const trainer = await open({ optimizer: sgd({ learningRate: 1e-3 }) });
    const { epochs } = await trainer.fit({
      data: [batch()],
      validation: [batch()],
      epochs: 9,
      earlyStopping: { patience: 2, minDelta: 1 },
    });
    expect(epochs).toHaveLength(3);
    await trainer.dispose();
  });

  test("a signal ends it between two steps, and the steps before it stay", async () => {
    const trainer = await open();
    const controller = new AbortController();
    const reason = new Error("enough");
    const running = trainer.fit({
      data: [batch()],
      epochs: 10,
      signal: controller.signal,
      onEpoch: ({ epoch }) => (epoch === 2 ? controller.abort(reason) : undefined),
    });
    await expect(running).rejects.toBe(reason);
    expect(trainer.steps).toBe(3);
    expect(await lossesOf(trainer, 1)).toHaveLength(1);
    await trainer.dispose();
  });

  test("errors", async () => {
    const trainer = await open();
    const once = asTheyCome();
    await expect(trainer.fit({ data: once, epochs: 2 })).rejects.toThrow(
      "Trainer.fit: data must give batches in each epoch, got none in epoch 1; a generator is a function here",
    );
    await expect(trainer.fit({ data: [batch()], validation: [] })).rejects.toThrow(
      "Trainer.fit: validation must give batches in each epoch, got none in epoch 0",
    );
    for (const epochs of [0, 1.5]) {
      await expect(trainer.fit({ data: [], epochs })).rejects.toThrow(
        new RangeError(`Trainer.fit: epochs must be an integer >= 1, got ${epochs}`),
      );
    }
    await expect(trainer.fit({ data: [], earlyStopping: { patience: 0 } })).rejects.toThrow(
      "Trainer.fit: earlyStopping.patience must be an integer >= 1, got 0",
    );
    await expect(
      trainer.fit({ data: [], earlyStopping: { patience: 1, minDelta: -1 } }),
    ).rejects.toThrow("Trainer.fit: earlyStopping.minDelta must be a finite number >= 0, got -1");
    await trainer.dispose();
  });
});
