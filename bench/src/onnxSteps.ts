import type { OnnxModel } from "@dropoutkit/onnx";
import { adam, crossEntropy, Trainer } from "@dropoutkit/onnx-training";
import * as ort from "onnxruntime-web";
import { images, LEARNING_RATE, labelsOf, type Steps } from "./trainingSteps.js";

/** Steps of Adam on a model from `input`, of a shape, to `logits`. */
export async function onnxSteps(model: OnnxModel, shape: readonly number[]): Promise<Steps> {
  const trainer = await Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: adam({ learningRate: LEARNING_RATE }),
  });
  const labels = BigInt64Array.from(labelsOf(shape), BigInt);
  const feeds = {
    input: new ort.Tensor("float32", images(shape), shape),
    labels: new ort.Tensor("int64", labels, [labels.length]),
  };
  return {
    step: async () => void (await trainer.step(feeds)),
    dispose: () => trainer.dispose(),
  };
}
