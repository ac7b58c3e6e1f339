import { copyModel, makeValueInfo } from "@dropoutkit/onnx/graph";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crossEntropy } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";
import { mlp } from "../trainer/noisyMlp.js";
import { expectLoss, labelsOf, logSoftmax } from "./lossLaw.js";

test("crossEntropy: the mean of -log softmax(logits)[label], in float64 by its definition", async () => {
  const model = copyModel(mlp());
  const { tensor } = crossEntropy({ logits: "logits" }).addTo(model);
  model.graph.output.push(makeValueInfo(tensor, { type: "float32", dims: [] }));
  const run = await openModel(model);
  const data = Float32Array.of(1, 2, 3, 4, -50, 60, -70, 80);
  const results = await run({
    x: { type: "float32", data, dims: [2, 4] },
    labels: { type: "int64", data: BigInt64Array.of(2n, 0n), dims: [2] },
  });
  const logits = numbersOf(results.logits);
  const lossOf = (row: number[], label: number): number => {
    const most = Math.max(...row);
    return most + Math.log(row.reduce((sum, z) => sum + Math.exp(z - most), 0)) - row[label];
  };
  const expected = (lossOf(logits.slice(0, 3), 2) + lossOf(logits.slice(3), 0)) / 2;
  const [loss] = numbersOf(results[tensor]);
  // A few roundings of 2^-24, relative to logits of up to some hundreds.
  expect(Math.abs(loss - expected)).toBeLessThan(8 * 2 ** -24 * Math.max(...logits.map(Math.abs)));
});

test("crossEntropy: logits must be a tensor of the model, [batch, classes]", () => {
  expect(() => crossEntropy({ logits: "logit" }).addTo(copyModel(mlp()))).toThrow(
    "crossEntropy: logits must be a tensor of the model with a known shape, got logit; did you mean logits?",
  );
  expect(() => crossEntropy({ logits: "fc1.bias" }).addTo(copyModel(mlp()))).toThrow(
    "crossEntropy: logits must be [batch, classes, ...space], got fc1.bias of [8]",
  );
});

test("crossEntropy: labels are a new input", () => {
  expect(() => crossEntropy({ logits: "logits", labels: "x" }).addTo(copyModel(mlp()))).toThrow(
    "crossEntropy: labels must be the name of a new input, got x",
  );
});

test("crossEntropy: an opset without the operator is an error", () => {
  const model = mlp();
  model.opsetImport[0].version = 11n;
  expect(() => crossEntropy({ logits: "logits" }).addTo(model)).toThrow(
    "crossEntropy: model must have opset 12 or later, got 11",
  );
});

/** PyTorch's definition, in float64: means over the weights of the labels that count. */
function definition({
  y,
  labels,
  classes,
  space,
  weights,
  ignored,
  smoothing,
}: Definition): number {
  let [sum, total] = [0, 0];
  labels.forEach((label, at) => {
    if (label === ignored) return;
    const [example, place] = [Math.floor(at / space), at % space];
    const row = Array.from(
      { length: classes },
      (_, c) => y[(example * classes + c) * space + place],
    );
    const logs = logSoftmax(row);
    const spread = logs.reduce((all, log, c) => all - weights[c] * log, 0) / classes;
    sum += (1 - smoothing) * weights[label] * -logs[label] + smoothing * spread;
    total += weights[label];
  });
  return sum / total;
}

interface Definition {
  readonly y: readonly number[];
  readonly labels: readonly number[];
  readonly classes: number;
  readonly space: number;
  readonly weights: readonly number[];
  readonly ignored: number | undefined;
  readonly smoothing: number;
}

const options = fc.record({
  space: fc.constantFrom(undefined, 1, 3),
  weights: fc.option(
    fc.array(fc.double({ min: 0.25, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
  ),
  ignored: fc.constantFrom(undefined, 1, -100),
  smoothing: fc.constantFrom(0, 0.1, 0.5),
  opset: fc.constantFrom(12, 13, 18, 21),
  logits: fc.array(fc.integer({ min: -24, max: 24 }), { minLength: 36, maxLength: 36 }),
  labels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 12 }),
});

test("crossEntropy: class weights, ignored labels, smoothing and space are PyTorch's, gradients too", () =>
  fc.assert(
    fc.asyncProperty(
      options,
      async ({ space, weights, ignored, smoothing, opset, logits, labels }) => {
        const places = space ?? 1;
        const tail = space === undefined ? [] : [space];
        // Of four examples the last is ignored, the first never is.
        const given = labels
          .slice(0, 4 * places)
          .map((label, i, { length }) =>
            i === length - 1 ? (ignored ?? label) : i === 0 && label === ignored ? 0 : label,
          );
        const y = logits.slice(0, 12 * places).map((value) => value / 8);
        await expectLoss({
          loss: crossEntropy({
            logits: "y",
            classWeights: weights ?? undefined,
            ignoreIndex: ignored,
            labelSmoothing: smoothing,
          }),
          dims: [4, 3, ...tail],
          y,
          feeds: { labels: labelsOf([4, ...tail], given) },
          reference: (values) =>
            definition({
              y: values,
              labels: given,
              classes: 3,
              space: places,
              weights: Array.from(Float32Array.from(weights ?? [1, 1, 1])),
              ignored,
              smoothing,
            }),
          opset,
        });
      },
    ),
    { numRuns: 40 },
  ));

test("crossEntropy: options out of range are errors", () => {
  for (const labelSmoothing of [-0.1, 1, Number.NaN]) {
    expect(() => crossEntropy({ logits: "logits", labelSmoothing })).toThrow(
      new RangeError(`crossEntropy: labelSmoothing must be in [0, 1), got ${labelSmoothing}`),
    );
  }
  expect(() =>
    crossEntropy({ logits: "logits", classWeights: [1, -1, 1] }).addTo(copyModel(mlp())),
  ).toThrow(
    new RangeError("crossEntropy: classWeights must be 3 finite numbers >= 0, got [1, -1, 1]"),
  );
  expect(() =>
    crossEntropy({ logits: "logits", classWeights: [1, 1] }).addTo(copyModel(mlp())),
  ).toThrow("crossEntropy: classWeights must be 3 finite numbers >= 0, got [1, 1]");
});
