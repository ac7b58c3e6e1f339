import { GraphBuilder, makeValueInfo } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { scoresOf, signatureOf } from "../../src/experiment/modelSignature.js";

/** A model that gives what it is fed, cut to ten, as logits or as probabilities. */
function signature(last: "Identity" | "Softmax"): ReturnType<typeof signatureOf> {
  const builder = new GraphBuilder();
  builder.op(last, ["h"], { outputs: ["y"] });
  const value = (name: string, size: number) =>
    makeValueInfo(name, { type: "float32", dims: ["batch", size] });
  return signatureOf(
    builder.model({ name: "m", opset: 18, inputs: [value("x", 784)], outputs: [value("y", 10)] }),
  );
}

test("scoresOf: logits as they are; of probabilities their logarithms, whose softmax they are", () => {
  const values = Float32Array.of(
    0.5,
    0.25,
    0.125,
    0.0625,
    0.03125,
    0.015625,
    0.0078125,
    0.00390625,
    0.001953125,
    0.001953125,
  );
  const outputs = { y: new ort.Tensor("float32", values, [1, 10]) };
  expect(scoresOf(signature("Identity"), outputs)).toEqual(values);
  const scores = scoresOf(signature("Softmax"), outputs);
  const weights = Array.from(scores, Math.exp);
  const sum = weights.reduce((a, b) => a + b, 0);
  weights.forEach((weight, i) => {
    // A logarithm of at most 7 is rounded to float32, which moves its exponential by 7 · 2^-24 of it.
    expect(Math.abs(weight / sum - values[i])).toBeLessThan(values[i] * 14 * 2 ** -24);
  });
});
