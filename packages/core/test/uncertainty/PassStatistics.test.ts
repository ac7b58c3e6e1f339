import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawNormal } from "../../src/field/drawNormal.js";
import { type OutputKind, PassStatistics, type Uncertainty } from "../../src/uncertainty.js";

/** `passes` outputs of normals around `mean`. */
const normals = (passes: number, entries: number, { mean = 0, scale = 1 } = {}): Float32Array[] =>
  Array.from({ length: passes }, (_, step) =>
    drawNormal({ shape: [entries], seed: 1, site: "passes", step }).map((z) => mean + scale * z),
  );

interface Run extends Partial<ConstructorParameters<typeof PassStatistics>[0]> {
  readonly kind: OutputKind;
}

function statisticsOf(outputs: readonly ArrayLike<number>[], options: Run): Uncertainty {
  const statistics = new PassStatistics({ shape: [outputs[0].length], ...options });
  for (const output of outputs) statistics.add(output);
  return statistics.result();
}

/** The column of entry i over passes, in float64. */
const column = (outputs: readonly ArrayLike<number>[], i: number): number[] =>
  outputs.map((output) => output[i]);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const meanOf = (values: readonly number[]): number => sum(values) / values.length;
const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
};

/** Results are float32s: half a unit in the last place of the number, doubled for the reference's own rounding. */
const near = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2 ** -23 * Math.abs(expected) + 1e-12);

describe("statistics of passes", () => {
  test.each([
    ["around 0", {}],
    ["far from 0, where sums of squares would cancel", { mean: 4096, scale: 0.01 }],
  ])("mean and variance are those of two passes over the data, %s", (_, spread) => {
    const outputs = normals(30, 5, spread);
    const { mean, variance, standardDeviation, passes } = statisticsOf(outputs, {
      kind: "regression",
    });
    expect(passes).toBe(30);
    for (let i = 0; i < 5; i++) {
      near(mean[i], meanOf(column(outputs, i)));
      near(variance[i], varianceOf(column(outputs, i)));
      near(standardDeviation[i], Math.sqrt(varianceOf(column(outputs, i))));
    }
  });

  test("quantiles lie between two passes, and are the least and the greatest at the ends", () => {
    const outputs = [[4], [1], [3], [2]];
    const { quantiles } = statisticsOf(outputs, {
      kind: "regression",
      quantiles: [0, 0.5, 0.75, 1],
    });
    expect(quantiles?.map(([q]) => q)).toEqual([1, 2.5, 3.25, 4]);
  });

  test("samples are all passes as they came, also of logits", () => {
    const outputs = [
      [1, 2],
      [3, 4],
    ];
    const { samples } = statisticsOf(outputs, { kind: "logits", shape: [1, 2], samples: true });
    expect([...(samples ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test("a pass is read at once: its array may be used again", () => {
    const statistics = new PassStatistics({ shape: [1], kind: "regression", samples: true });
    const output = Float32Array.of(1);
    statistics.add(output);
    output[0] = 3;
    statistics.add(output);
    expect(statistics.result()).toMatchObject({ mean: Float32Array.of(2) });
    expect(statistics.result().samples).toEqual(Float32Array.of(1, 3));
  });
});

const softmax = (logits: readonly number[]): number[] => {
  const most = Math.max(...logits);
  const weights = logits.map((z) => Math.exp(z - most));
  return weights.map((w) => w / sum(weights));
};
const entropy = (p: readonly number[]): number =>
  -sum(p.filter((x) => x > 0).map((x) => x * Math.log(x)));

/** Entropies differ by the rounding of their result alone; the difference of two of them by that of both. */
const nats = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2 ** -22 * Math.log(8) + 1e-12);

describe("statistics of a classifier's passes", () => {
  const logits = fc.array(
    fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 4, maxLength: 4 }),
    {
      minLength: 2,
      maxLength: 9,
    },
  );

  test("are those of the definitions, in float64", () => {
    fc.assert(
      fc.property(logits, (outputs) => {
        const { mean, classes } = statisticsOf(outputs, { kind: "logits", shape: [1, 4] });
        const p = outputs.map(softmax);
        const average = [0, 1, 2, 3].map((c) => meanOf(p.map((row) => row[c])));
        const total = entropy(average);
        const expected = meanOf(p.map(entropy));
        const winners = p.map((row) => row.indexOf(Math.max(...row)));
        const predicted = average.indexOf(Math.max(...average));
        const votes = [0, 1, 2, 3].map((c) => winners.filter((w) => w === c).length);
        average.forEach((value, c) => {
          near(mean[c], value);
        });
        if (classes === undefined) throw new Error("no classes");
        nats(classes.predictiveEntropy[0], total);
        nats(classes.expectedEntropy[0], expected);
        nats(classes.mutualInformation[0], total - expected);
        near(classes.variationRatio[0], 1 - Math.max(...votes) / outputs.length);
        near(classes.agreement[0], votes[classes.predicted[0]] / outputs.length);
        // Where two means are equal but for rounding, either may be the predicted one.
        near(average[classes.predicted[0]], average[predicted]);
      }),
    );
  });

  test("total uncertainty is at most log(classes), and no part of it is negative", () => {
    fc.assert(
      fc.property(logits, (outputs) => {
        const { classes } = statisticsOf(outputs, { kind: "logits", shape: [1, 4] });
        if (classes === undefined) throw new Error("no classes");
        const [total, expected, mutual] = [
          classes.predictiveEntropy[0],
          classes.expectedEntropy[0],
          classes.mutualInformation[0],
        ];
        expect(total).toBeLessThanOrEqual(Math.log(4) * (1 + 2 ** -23));
        expect(Math.min(total, expected, mutual)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("equal passes disagree about nothing", () => {
    const { variance, classes } = statisticsOf(
      [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 3],
      ],
      {
        kind: "logits",
        shape: [1, 3],
      },
    );
    expect([...variance]).toEqual([0, 0, 0]);
    expect(classes).toMatchObject({
      mutualInformation: Float32Array.of(0),
      variationRatio: Float32Array.of(0),
      agreement: Float32Array.of(1),
      predicted: Int32Array.of(2),
    });
  });

  test("passes that are sure of different classes are nothing but disagreement", () => {
    const { classes } = statisticsOf(
      [
        [1, 0],
        [0, 1],
      ],
      { kind: "probabilities", shape: [1, 2] },
    );
    // 0 log 0 is 0.
    expect(classes?.expectedEntropy[0]).toBe(0);
    expect(classes?.mutualInformation[0]).toBe(Math.fround(Math.log(2)));
  });

  test("a class of logit -Infinity has probability 0", () => {
    const outputs = [
      [0, -Infinity, 0],
      [0, -Infinity, 0],
    ];
    const { mean, classes } = statisticsOf(outputs, { kind: "logits", shape: [1, 3] });
    expect([...mean]).toEqual([0.5, 0, 0.5]);
    expect(classes?.predictiveEntropy[0]).toBe(Math.fround(Math.log(2)));
  });

  test("probabilities give what their logits give", () => {
    const outputs = normals(7, 12).map((output) => [...output]);
    const rows = (output: readonly number[]): number[][] =>
      [0, 1, 2].map((row) => output.slice(4 * row, 4 * row + 4));
    const probabilities = outputs.map((output) => rows(output).flatMap(softmax));
    const shape = [3, 4];
    const byLogits = statisticsOf(outputs, { kind: "logits", shape });
    const byProbabilities = statisticsOf(probabilities, { kind: "probabilities", shape });
    expect(byLogits).toEqual(byProbabilities);
  });

  test("one output is the second of two classes", () => {
    const z = [0.3, -1.2, 2];
    const one = statisticsOf(
      z.map((x) => [x]),
      { kind: "logits", shape: [1, 1] },
    );
    const two = statisticsOf(
      z.map((x) => [0, x]),
      { kind: "logits", shape: [1, 2] },
    );
    expect(one.classes).toEqual(two.classes);
    expect([...one.mean]).toEqual([two.mean[1]]);
    const p = statisticsOf(
      z.map((x) => [1 / (1 + Math.exp(-x))]),
      {
        kind: "probabilities",
        shape: [1, 1],
      },
    );
    nats(p.classes?.predictiveEntropy[0] ?? 0, two.classes?.predictiveEntropy[0] ?? 1);
  });
});

describe("statistics of passes refuse", () => {
  const add = (output: readonly number[], options: Run): (() => void) => {
    const statistics = new PassStatistics({ shape: [1, output.length], ...options });
    return () => statistics.add(output);
  };

  test("one pass", () => {
    const statistics = new PassStatistics({ shape: [1], kind: "regression", owner: "monteCarlo" });
    statistics.add([1]);
    expect(() => statistics.result()).toThrow(
      new RangeError("monteCarlo: passes must be at least 2 for a variance, got 1"),
    );
  });

  test("outputs that are not finite, probabilities that are none, and another length", () => {
    expect(add([1, Number.NaN], { kind: "regression" })).toThrow(
      "PassStatistics: outputs must be finite, got NaN in pass 0",
    );
    expect(add([Infinity, 0], { kind: "logits" })).toThrow("got Infinity in example 0");
    expect(add([-Infinity, -Infinity], { kind: "logits" })).toThrow("got -Infinity in example 0");
    expect(add([Number.NaN, 0], { kind: "logits" })).toThrow("got NaN in example 0");
    expect(add([2, -1], { kind: "probabilities" })).toThrow(
      "PassStatistics: probabilities must be in [0, 1], got 2 in example 0",
    );
    expect(add([0.5, 0.4], { kind: "probabilities" })).toThrow(
      "PassStatistics: probabilities must sum to 1, got 0.9 in example 0; are they logits?",
    );
    expect(add([1], { kind: "regression", shape: [2] })).toThrow(
      "output must have 2 elements, got 1",
    );
  });

  test("other words, levels and shapes", () => {
    // @ts-expect-error Another word.
    expect(() => new PassStatistics({ shape: [1], kind: "classes" })).toThrow(
      'PassStatistics: kind must be "regression" or "logits" or "probabilities", got classes',
    );
    expect(() => new PassStatistics({ shape: [1], kind: "regression", quantiles: [2] })).toThrow(
      "PassStatistics: quantiles must be in [0, 1], got 2",
    );
    expect(() => new PassStatistics({ shape: [3], kind: "logits" })).toThrow(
      "PassStatistics: logits must be [examples, ..., classes], got [3]",
    );
  });
});
