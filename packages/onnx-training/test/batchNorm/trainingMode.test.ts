import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { copyMessage, makeAttribute } from "@dropoutkit/onnx/graph";
import { expect, test } from "vitest";
import type { TrainerOptions } from "../../src/index.js";
import { normalisedMlp } from "../checkpoint/normalisedMlp.js";
import { batch } from "../trainer/noisyMlp.js";
import { lossesOf, open } from "../trainer/trainNoisyMlp.js";

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
