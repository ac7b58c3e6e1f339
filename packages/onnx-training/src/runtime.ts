import type { InferenceSession, Tensor } from "onnxruntime-common";

/** What is used of an onnxruntime: every flavour (`onnxruntime-web`, `onnxruntime-web/wasm`, `onnxruntime-node`) has it. */
export type OrtLike = Pick<typeof import("onnxruntime-common"), "InferenceSession" | "Tensor">;

/** The inputs of a run by their names. */
export type Feeds = Readonly<Record<string, Tensor>>;

export type { InferenceSession, Tensor };
