import type { LayerPlan } from "../../experiment/networks/LayerPlan.js";
import type { RuntimeChoice } from "../network/runtimes.js";
import type { MakeOptions } from "./MakeOptions.js";
import type { OwnModel } from "./own/OwnModel.js";
import type { PageLearner } from "./PageLearner.js";

/** What a network is made of. */
export type Source =
  | { readonly plan: readonly LayerPlan[] }
  | { readonly own: OwnModel; readonly isNoisy: boolean };

/** A loaded framework, and what people should know of where it runs. */
export interface LoadedRuntime {
  /** @throws {Error} If the framework cannot read the source. */
  readonly make: (source: Source, options: MakeOptions) => Promise<PageLearner>;
  readonly notice: string | undefined;
}

/** Loads a framework and its backend: the first time over the network, so it is done when it is asked for. */
export async function loadRuntime({ framework, backend }: RuntimeChoice): Promise<LoadedRuntime> {
  return framework === "tfjs" ? loadTfjs(backend) : loadOnnx(backend);
}

async function loadTfjs(backend: RuntimeChoice["backend"]): Promise<LoadedRuntime> {
  const [{ startBackend }, { tfjsLearner }] = await Promise.all([
    import("./tfjs/startBackend.js"),
    import("./tfjs/tfjsLearner.js"),
  ]);
  return {
    notice: await startBackend(backend),
    make: async (source, options) => {
      if ("plan" in source) return tfjsLearner(source.plan, options);
      const { own, isNoisy } = source;
      if (own.framework !== "tfjs") throw new Error(unread("TensorFlow.js", own));
      return own.learner({ ...options, isNoisy });
    },
  };
}

async function loadOnnx(backend: RuntimeChoice["backend"]): Promise<LoadedRuntime> {
  const [{ onnxLearner }, { cleanModel, withNoise }, { penaltiesOf }] = await Promise.all([
    import("./onnx/onnxLearner.js"),
    import("../../experiment/networks/onnxModel.js"),
    import("../../experiment/networks/penaltiesOf.js"),
  ]);
  const hasGpu = backend === "webgpu" && (await gpuAdapter()) !== null;
  const executionProvider = hasGpu ? "webgpu" : "wasm";
  const runtime = hasGpu
    ? await import("onnxruntime-web/webgpu")
    : await import("onnxruntime-web/wasm");
  const isWanted = backend === "wasm" || hasGpu;
  return {
    notice: isWanted
      ? undefined
      : "This browser gives no WebGPU, so ONNX Runtime runs on WebAssembly.",
    make: async (source, options) => {
      const made = { ...options, runtime, executionProvider } as const;
      if ("plan" in source) {
        const { plan } = source;
        const penalties = penaltiesOf(plan);
        return onnxLearner(withNoise(cleanModel(plan), plan), { ...made, penalties });
      }
      const { own } = source;
      if (own.framework !== "onnx") throw new Error(unread("ONNX Runtime", own));
      return onnxLearner(own.trainable(source), made);
    },
  };
}

const unread = (framework: string, { report }: OwnModel): string =>
  `demo: model must be one that ${framework} reads, got ${report.name}`;

const gpuAdapter = async (): Promise<unknown> =>
  "gpu" in navigator ? await navigator.gpu.requestAdapter() : null;
