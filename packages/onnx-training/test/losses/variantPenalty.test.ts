import { concreteDropout, dropout } from "@dropoutkit/core";
import { evaluatePenalty } from "@dropoutkit/core/adapter";
import { makeTensor, makeValueInfo, tensorData } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import { gradientModel, variantPenalty } from "../../src/index.js";
import { numbersOf, openModel } from "../runtime/runModel.js";
import { mlp } from "../trainer/noisyMlp.js";

const variant = concreteDropout({ weightRegularizer: 0.01, dropoutRegularizer: 0.1 });
const tensors = { w: "fc1.weight", "learned:logit": "logit" } as const;
const penalty = variantPenalty({ variant, tensors, numbers: { features: 4 } });

test("variantPenalty: value and gradients are core's", async () => {
  const model = mlp();
  const data = Float32Array.of(-1.5);
  model.graph.initializer.push(makeTensor({ name: "logit", type: "float32", dims: [], data }));
  const loss = { addTo: (to: typeof model) => ({ tensor: penalty.addTo(to), checkFeeds() {} }) };
  const gradients = gradientModel(model, { loss, withRespectTo: ["logit", "fc1.weight"] });
  const value = penalty.addTo(model);
  gradients.graph.output.push(makeValueInfo(value, { type: "float32", dims: [] }));
  const results = await (await openModel(gradients))({
    x: { type: "float32", data: new Float32Array(4), dims: [1, 4] },
  });
  const w = Float64Array.from(tensorData(model.graph.initializer[0]).data, Number);
  const expected = evaluatePenalty(variant, {
    w: { shape: [8, 4], data: w },
    "learned:logit": { shape: [], data: Float64Array.of(-1.5) },
    features: 4,
  });
  const by = expected.gradients({ shape: [], data: Float64Array.of(1) }, ["learned:logit", "w"]);
  // Sums of 32 squares below 1 with a dozen roundings.
  const close = (a: readonly number[], b: Iterable<number>) =>
    Array.from(b).forEach((exact, i) => {
      expect(Math.abs(a[i] - exact)).toBeLessThan(32 * 2 ** -24);
    });
  close(numbersOf(results[value]), expected.value.data);
  close(numbersOf(results["logit.grad"]), by[0].data);
  close(numbersOf(results["fc1.weight.grad"]), by[1].data);
});

test("variantPenalty: errors", () => {
  expect(() => variantPenalty({ variant: dropout({ rate: 0.5 }), tensors })).toThrow(
    new TypeError("variantPenalty: variant must have a penalty, got dropout"),
  );
  expect(() => penalty.addTo(mlp())).toThrow(
    "variantPenalty: tensors must be of the model, got logit",
  );
  expect(() => variantPenalty({ variant, tensors: { w: "fc1.weight" } }).addTo(mlp())).toThrow(
    new TypeError("emitExpr: expression must read what its place has, got learned:logit"),
  );
});
