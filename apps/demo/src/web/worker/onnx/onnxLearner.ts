import { encodeModel } from "@dropoutkit/onnx";
import type * as ort from "onnxruntime-web/wasm";
import { modelLearner } from "../../../experiment/modelLearner.js";
import type { LayerPlan } from "../../../experiment/networks/LayerPlan.js";
import { cleanModel, withNoise } from "../../../experiment/networks/onnxModel.js";
import { penaltiesOf } from "../../../experiment/networks/penaltiesOf.js";
import type { PageLearner } from "../PageLearner.js";
import { NoisyPasses } from "./NoisyPasses.js";

export interface OnnxLearnerOptions {
  readonly runtime: typeof ort;
  readonly executionProvider: "wasm" | "webgpu";
  readonly plan: readonly LayerPlan[];
  readonly seed: number;
}

/** A planned network as an ONNX model, trained in onnxruntime-web. */
export async function onnxLearner({
  runtime,
  executionProvider,
  plan,
  seed,
}: OnnxLearnerOptions): Promise<PageLearner> {
  const session = { executionProviders: [executionProvider] };
  const model = withNoise(cleanModel(plan), plan);
  const penalties = penaltiesOf(plan);
  const learner = await modelLearner({ runtime, session, model, seed, penalties });
  const { trainer, signature } = learner;
  const passes = new NoisyPasses({ runtime, session, seed, trainer, signature });
  return {
    ...learner,
    predict: (image, step) =>
      step === undefined ? learner.logits(image) : passes.logits(image, step),
    save: async () => ({
      name: "model.onnx",
      bytes: Uint8Array.from(encodeModel(await trainer.exportModel())),
    }),
    dispose: async () => {
      await passes.dispose();
      await learner.dispose();
    },
  };
}
