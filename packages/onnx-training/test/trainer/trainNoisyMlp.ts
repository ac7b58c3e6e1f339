import type { OnnxModel } from "@dropoutkit/onnx";
import { tensorData } from "@dropoutkit/onnx/graph";
import * as ort from "onnxruntime-web";
import { crossEntropy, sgd, Trainer, type TrainerOptions } from "../../src/index.js";
import { batch, noisyMlp } from "./noisyMlp.js";

/** A Trainer of the noisy MLP: cross-entropy, plain descent. */
export const open = (
  options: Partial<TrainerOptions> = {},
  model: OnnxModel = noisyMlp(),
): Promise<Trainer> =>
  Trainer.create(ort, model, {
    loss: crossEntropy({ logits: "logits" }),
    optimizer: sgd({ learningRate: 0.5 }),
    ...options,
  });

/** The losses of some steps on one batch. */
export async function lossesOf(trainer: Trainer, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step(batch())).loss);
  return losses;
}

/** The float32 weights of a model, by their names. */
export const weightsOf = ({ graph }: OnnxModel): Record<string, number[]> =>
  Object.fromEntries(
    graph.initializer.map((tensor) => [tensor.name, Array.from(tensorData(tensor).data, Number)]),
  );

/** The weights after some steps. */
export async function trained(
  options: Partial<TrainerOptions>,
  { steps = 3, model }: { readonly steps?: number; readonly model?: OnnxModel } = {},
): Promise<Record<string, number[]>> {
  const trainer = await open(options, model);
  await lossesOf(trainer, steps);
  const weights = weightsOf(await trainer.exportModel());
  await trainer.dispose();
  return weights;
}
