import * as ort from "onnxruntime-web";
import type { TensorType } from "../../src/graph.js";
import { encodeModel, type OnnxModel } from "../../src/index.js";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** A tensor to feed; `maskFeeds` returns such, too. */
export interface Feed {
  readonly type: TensorType;
  readonly data:
    | Float32Array
    | Float64Array
    | Int32Array
    | BigInt64Array
    | Uint8Array
    | Uint32Array;
  readonly dims: readonly number[];
}

export const float32 = (dims: readonly number[], data: Iterable<number>): Feed => ({
  type: "float32",
  data: Float32Array.from(data),
  dims,
});

/** Runs a model once in onnxruntime and returns its outputs by their names. */
export async function runModel(
  model: OnnxModel,
  feeds: Readonly<Record<string, Feed>>,
  optimization: "disabled" | "basic" | "extended" | "all" = "all",
): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: optimization,
  });
  const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
    name,
    new ort.Tensor(type, data, dims),
  ]);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return { ...results };
}

/** An output's float32s. */
export function floatsOf(data: unknown): Float32Array {
  if (!(data instanceof Float32Array)) throw new TypeError("floatsOf: data must be float32");
  return data;
}

/** The bits of an output's floats, in which -0 is not 0 and a NaN equals itself. */
export function bitsOf(data: ort.Tensor["data"] | Float32Array): Uint32Array {
  const { buffer, byteOffset, length } = floatsOf(data);
  return new Uint32Array(buffer, byteOffset, length);
}
