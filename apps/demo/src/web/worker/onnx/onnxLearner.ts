import { decodeModel, encodeModel, type OnnxModel } from "@dropoutkit/onnx";
import { constantsOf, sitesOf } from "@dropoutkit/onnx/graph";
import type * as ort from "onnxruntime-web/wasm";
import { type ModelLearnerOptions, modelLearner } from "../../../experiment/modelLearner.js";
import type { MakeOptions } from "../MakeOptions.js";
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
  // Below errors the runtime tells of nodes that it runs on the CPU, as it always runs some, and of weights unread.
  const session = { executionProviders: [executionProvider], logSeverityLevel: 3 } as const;
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
    learnedRates: async () => learnedRatesOf(decodeModel(await trainer.checkpoint())),
    files: async () => [
      { name: "model.onnx", bytes: Uint8Array.from(encodeModel(await trainer.exportModel())) },
    ],
    dispose: async () => {
      await passes.dispose();
      await learner.dispose();
    },
  };
}

function learnedRatesOf(model: OnnxModel): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  const constants = constantsOf(model);
  for (const { site, leaves } of sitesOf(model)) {
    const [logit] = constants.elements(model.graph, leaves?.["learned:logit"] ?? "") ?? [];
    if (logit !== undefined) rates.set(site, 1 / (1 + Math.exp(-logit)));
  }
  return rates;
}
