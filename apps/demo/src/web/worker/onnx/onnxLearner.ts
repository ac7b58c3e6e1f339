import { encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import type * as ort from "onnxruntime-web/wasm";
import { type ModelLearnerOptions, modelLearner } from "../../../experiment/modelLearner.js";
import type { MakeOptions } from "../loadRuntime.js";
import type { PageLearner } from "../PageLearner.js";
import { NoisyPasses } from "./NoisyPasses.js";

export interface OnnxLearnerOptions extends MakeOptions, Pick<ModelLearnerOptions, "penalties"> {
  readonly runtime: typeof ort;
  readonly executionProvider: "wasm" | "webgpu";
}

/** An ONNX model of digits, trained in onnxruntime-web. */
export async function onnxLearner(
  model: OnnxModel,
  { runtime, executionProvider, seed, saved, penalties }: OnnxLearnerOptions,
): Promise<PageLearner> {
  const session = { executionProviders: [executionProvider] };
  const learner = await modelLearner({
    runtime,
    session,
    model,
    seed,
    saved,
    ...(penalties && { penalties }),
  });
  const { trainer, signature } = learner;
  const passes = new NoisyPasses({ runtime, session, seed, trainer, signature });
  return {
    ...learner,
    predict: (image, step) =>
      step === undefined ? learner.logits(image) : passes.logits(image, step),
    files: async () => [
      { name: "model.onnx", bytes: Uint8Array.from(encodeModel(await trainer.exportModel())) },
    ],
    dispose: async () => {
      await passes.dispose();
      await learner.dispose();
    },
  };
}
