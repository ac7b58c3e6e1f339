import { copyModel, makeValueInfo } from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { crossEntropy } from "../../src/index.js";
import { mlp } from "../noisyMlp.js";
import { numbersOf, openModel } from "../runModel.js";

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
    "crossEntropy: logits must be [batch, classes], got fc1.bias of [8]",
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
