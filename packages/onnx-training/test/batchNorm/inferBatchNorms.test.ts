import {
  copyMessage,
  encodeModel,
  makeAttribute,
  makeValueInfo,
  type OnnxModel,
} from "@dropoutkit/onnx";
import { expect, test } from "vitest";
import { inferBatchNorms } from "../../src/batchNorm/inferBatchNorms.js";
import type { TrainerOptions } from "../../src/index.js";
import { normalisedMlp } from "../checkpoint/normalisedMlp.js";
import { batch } from "../noisyMlp.js";
import { lossesOf, open } from "../training/trainNoisyMlp.js";

/** The normalised MLP as an exporter writes it in training mode: the node hands on its moved statistics. */
function inTrainingMode(): OnnxModel {
  const model = normalisedMlp();
  model.graph.node = model.graph.node.map((node) =>
    node.opType === "BatchNormalization"
      ? copyMessage(node, {
          output: [...node.output, "moved.mean", "moved.variance"],
          attribute: [...node.attribute, makeAttribute("training_mode", 1)],
        })
      : node,
  );
  return model;
}

test.each<TrainerOptions["batchNorm"]>(["batch", "running"])(
  "a model in training mode is trained, evaluated and exported as one that is not: %s",
  async (batchNorm) => {
    const [plain, training] = [
      await open({ batchNorm }, normalisedMlp()),
      await open({ batchNorm }, inTrainingMode()),
    ];
    expect(await lossesOf(training, 3)).toEqual(await lossesOf(plain, 3));
    expect((await training.evaluate(batch())).loss).toBe((await plain.evaluate(batch())).loss);
    const [a, b] = [await training.exportModel(), await plain.exportModel()];
    expect(encodeModel(a)).toEqual(encodeModel(b));
    await plain.dispose();
    await training.dispose();
  },
);

test("a model without such nodes is itself", () => {
  const model = normalisedMlp();
  expect(inferBatchNorms(model)).toBe(model);
});

test("statistics that are outputs of the model stay so", () => {
  const model = inTrainingMode();
  model.graph.output.push(makeValueInfo("moved.variance", { type: "float32", dims: [8] }));
  const { graph } = inferBatchNorms(model);
  const maker = graph.node.find(({ output }) => output.includes("moved.variance"));
  expect([maker?.opType, maker?.input]).toEqual(["Identity", ["variance"]]);
  expect(graph.node.some(({ output }) => output.includes("moved.mean"))).toBe(false);
});

test("before opset 14 it is the outputs that tell training mode", () => {
  const model = normalisedMlp();
  const opsetImport = [copyMessage(model.opsetImport[0], { version: 9n })];
  const outputs = ["mean", "variance", "saved.mean", "saved.variance"].map((name) => `out.${name}`);
  const node = model.graph.node.map((each) =>
    each.opType === "BatchNormalization"
      ? copyMessage(each, { output: [...each.output, ...outputs] })
      : each,
  );
  const old = copyMessage(model, { opsetImport, graph: copyMessage(model.graph, { node }) });
  expect(inferBatchNorms(old).graph.node.map(({ output }) => output)).toEqual(
    model.graph.node.map(({ output }) => output),
  );
});
